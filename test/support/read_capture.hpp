// Reads a whole capture the way a test wants to look at it.
#pragma once

#include "capture/reader.hpp"
#include "support/capture_builder.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace lacuna::test {

/// A frame with octets of its own.
struct Kept {
    Bytes octets;
    std::uint32_t wirelen;
    TimeNs time;
    wire::LinkType link;
    std::uint16_t source;
    bool operator==(const Kept&) const = default;
};

/// Everything a reader says about a capture.
struct Whole {
    std::string error; ///< of open(); empty: it opened
    capture::CaptureInfo info;
    capture::CaptureEnd end;
    std::uint64_t position = 0;
    std::vector<Kept> frames;
};

/// Reads `reader` to its end in bursts of `burst`.
inline Whole drain(Result<std::unique_ptr<capture::Reader>> reader, std::size_t burst = 64) {
    Whole out;
    if (!reader) {
        out.error = reader.error().text();
        return out;
    }
    std::vector<wire::Frame> frames(burst);
    while (const std::size_t n = (*reader)->next(frames.data(), burst))
        for (std::size_t i = 0; i < n; ++i) {
            const wire::Frame& f = frames[i];
            out.frames.push_back(
                {Bytes(f.data, f.data + f.caplen), f.wirelen, f.time, f.link, f.source});
        }
    out.info = (*reader)->info();
    out.end = (*reader)->end();
    out.position = (*reader)->position();
    return out;
}

inline Whole read_memory(const Bytes& capture, std::size_t burst = 64) {
    return drain(capture::Reader::from_memory(capture), burst);
}

/// Reads `capture` through a pipe that a thread fills in pieces of `piece` octets.
inline Whole read_pipe(const Bytes& capture, std::size_t piece = 65536, std::size_t burst = 64) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    std::thread writer([&] {
        for (std::size_t at = 0; at < capture.size();) {
            const std::size_t n = std::min(piece, capture.size() - at);
            const ssize_t done = ::write(ends[1], capture.data() + at, n);
            if (done <= 0) std::abort();
            at += static_cast<std::size_t>(done);
        }
        ::close(ends[1]);
    });
    Whole out = drain(capture::Reader::open("/proc/self/fd/" + std::to_string(ends[0])), burst);
    // What a refused capture left unread must not block the writer.
    char rest[4096];
    while (::read(ends[0], rest, sizeof rest) > 0) {
    }
    writer.join();
    ::close(ends[0]);
    return out;
}

/// A file that is gone with the object.
class TemporaryFile {
public:
    explicit TemporaryFile(const Bytes& octets) {
        char name[] = "/tmp/lacuna-test-XXXXXX";
        const int fd = ::mkstemp(name);
        if (fd < 0) std::abort();
        path_ = name;
        for (std::size_t at = 0; at < octets.size();) {
            const ssize_t n = ::write(fd, octets.data() + at, octets.size() - at);
            if (n <= 0) std::abort();
            at += static_cast<std::size_t>(n);
        }
        ::close(fd);
    }
    ~TemporaryFile() { ::unlink(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

inline Whole read_file(const Bytes& capture, std::size_t burst = 64) {
    const TemporaryFile file(capture);
    return drain(capture::Reader::open(file.path()), burst);
}

/// Reads `capture` through a file that is read in blocks.
inline Whole read_blocks(const Bytes& capture, std::size_t burst = 64) {
    const TemporaryFile file(capture);
    return drain(capture::Reader::open(file.path(), capture::Access::stream), burst);
}

} // namespace lacuna::test
