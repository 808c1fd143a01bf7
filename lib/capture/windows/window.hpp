// The octets of a capture around the reading position, whether they are mapped, read or in memory.
#pragma once

#include "capture/access.hpp"

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace lacuna::capture {

/// The hot loops of the readers walk `cur` towards `end` and never call anything; when the next
/// record does not lie between them whole, they ask need() once. One owner, not thread safe.
class Window {
public:
    virtual ~Window() = default;
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    const std::uint8_t* cur = nullptr; ///< next octet to read; moved by the reader
    const std::uint8_t* end = nullptr; ///< end of the octets at hand

    std::size_t at_hand() const { return static_cast<std::size_t>(end - cur); }
    /// Makes the next `n` octets readable at `cur`; false when the input ends (or why() says)
    /// before them. May move `cur` and end the life of all earlier octets, unless mapped.
    virtual bool need(std::size_t n) = 0;
    /// Moves `cur` by `n` octets, which need not fit the buffer; false as need().
    virtual bool skip(std::uint64_t n) = 0;

    /// A pipe only: need() says no, interrupted, when nothing has come for so long.
    virtual void set_patience(std::chrono::milliseconds) {}

    enum class Stop : std::uint8_t { end_of_input, interrupted, failed, shrank, damaged };
    /// Why need() or skip() last said no; shrank: the file is shorter than it was when opened;
    /// damaged: fault() says what of the compressed input.
    Stop why() const { return stop_; }
    /// errno of Stop::failed.
    int error() const { return error_; }

    /// Offset of `cur` in the input.
    std::uint64_t offset() const { return base_ + static_cast<std::uint64_t>(cur - start_); }
    /// Octets of the input, where it is a file or memory; 0: a pipe.
    virtual std::uint64_t size() const { return 0; }
    /// Whether the octets come from a file, also a compressed one: nobody has to be waited for.
    virtual bool of_file() const { return size() != 0; }
    /// Whether they are unpacked on the way.
    virtual bool packed() const { return false; }
    /// Of Stop::damaged.
    virtual const char* fault() const { return nullptr; }
    /// Octets stay valid as long as the window lives.
    virtual bool mapped() const { return false; }

protected:
    Window() = default;

    const std::uint8_t* start_ = nullptr; ///< where the octet at offset base_ lies
    std::uint64_t base_ = 0;
    Stop stop_ = Stop::end_of_input;
    int error_ = 0;
};

/// Opens `path` ("-": standard input): a regular file as `access` says, anything else read in
/// blocks. Errors: missing, no permission, a directory, a terminal. An empty file is an empty
/// window.
Result<std::unique_ptr<Window>> open_window(const std::string& path, Access access);

/// A window over memory the caller keeps alive.
std::unique_ptr<Window> memory_window(std::span<const std::uint8_t> octets);

} // namespace lacuna::capture
