// The kinds of Window a file can have; internal to lib/capture.
#pragma once

#include "capture/packed/unpacker.hpp"
#include "capture/windows/window.hpp"

namespace lacuna::capture {

/// Part of a file: what it held when it was opened, from the position it was opened at.
struct Extent {
    std::uint64_t from;
    std::uint64_t size;
};

/// An open file, closed with its last owner unless it is standard input.
class File {
public:
    File(int fd, bool owned) : fd_(fd), owned_(owned) {}
    ~File();
    File(File&& o) noexcept : fd_(o.fd_), owned_(o.owned_) { o.owned_ = false; }
    File& operator=(File&&) = delete;
    int fd() const { return fd_; }

private:
    int fd_;
    bool owned_;
};

/// The octets of `extent` mapped. With Access::map the file is closed; with Access::stream it stays
/// open, so that one that has shrunk is noticed at the next MiB, and octets far behind leave the
/// process. Takes `file` only if it returns a window; nullptr: cannot be mapped or, with
/// Access::stream, is better read.
std::unique_ptr<Window> mapped_window(File& file, const Extent& extent, Access access,
                                      const std::string& name);

/// Reads in blocks: of a regular file the octets of `extent`, wherever the position of the file is
/// meanwhile; of anything else (size 0) what comes. `unpacker`: who writes into `file`, a pipe.
std::unique_ptr<Window> block_window(File file, const Extent& extent,
                                     std::unique_ptr<Unpacker> unpacker = nullptr);

} // namespace lacuna::capture
