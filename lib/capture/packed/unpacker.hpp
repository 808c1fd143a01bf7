// A compressed input, unpacked on a thread of its own.
#pragma once

#include "capture/packed/codec.hpp"
#include "capture/windows/window.hpp"

#include <atomic>
#include <thread>

namespace lacuna::capture {

/// Reads a window to its end, unpacks it and writes what it stands for into a pipe, so that
/// decoding and tracking do not wait for it longer than they must. Once the reading end of the pipe
/// is closed the thread ends within the fifth of a second; the destructor waits for that.
class Unpacker {
public:
    /// `packed` stands at the first octet. `pipe` is the writing end, closed by the thread.
    Unpacker(std::unique_ptr<Window> packed, std::unique_ptr<Codec> codec, int pipe);
    ~Unpacker();
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    /// Once the pipe has come to its end: why it ended early; null: it is complete.
    const char* fault() const { return fault_.load(std::memory_order_acquire); }
    /// Whether it unpacks a file, not what comes through a pipe.
    bool of_file() const { return of_file_; }

private:
    void run();
    bool bring();
    bool write(std::span<const std::uint8_t> octets);

    const std::unique_ptr<Window> packed_;
    const std::unique_ptr<Codec> codec_;
    const int pipe_;
    const bool of_file_;
    std::atomic<const char*> fault_ = nullptr;
    std::atomic<bool> stop_ = false;
    std::thread thread_; ///< begins when all else is there
};

/// The octets `packed` stands for. Errors (exit 1): no pipe.
Result<std::unique_ptr<Window>> unpacked_window(std::unique_ptr<Window> packed,
                                                std::unique_ptr<Codec> codec);

} // namespace lacuna::capture
