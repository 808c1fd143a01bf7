// Capture files as bursts of frames: pcap and pcapng, mapped where the source is a file, read in
// blocks where it is a pipe.
#pragma once

#include "base/result.hpp"
#include "wire/frame.hpp"

#include <memory>
#include <string>

namespace lacuna::capture {

enum class Format : std::uint8_t { pcap, pcapng };

/// What the file header says; for pcapng of the interfaces seen so far.
struct CaptureInfo {
    std::string path;
    Format format = Format::pcap;
    wire::LinkType link = wire::LinkType::ethernet; ///< of the first interface
    bool mixed_links = false;                       ///< interfaces of different link types
    bool nanoseconds = false;                       ///< finer than microseconds
    bool mapped = false;                            ///< a regular file, mapped
    std::uint32_t fcs_octets = 0;                   ///< trailing FCS the records carry
    std::uint64_t size = 0;                         ///< octets, where mapped
};

/// How a capture ended. Valid once next() has returned 0.
struct CaptureEnd {
    bool truncated = false;   ///< the file ends inside a record, or a record's length is impossible
    std::uint64_t offset = 0; ///< of that record in the file
    std::string reason;       ///< "record header cut", "record of 4294967295 octets", ...
};

/// Reads one capture from its first to its last frame. Not thread safe; one owner.
/// Mapped files must not shrink while they are read: see guard_mapped_files().
class Reader {
public:
    /// Opens `path` ("-": standard input). Errors (exit 2): missing, a directory, empty, not a
    /// capture, compressed, a link type lacuna does not decode.
    static Result<std::unique_ptr<Reader>> open(const std::string& path);
    virtual ~Reader() = default;

    /// Fills up to `max` frames in file order and returns how many; 0: the end. The frames point
    /// into the mapping or an internal buffer and stay valid until the next call (mapped files:
    /// until the Reader is destroyed).
    virtual std::size_t next(wire::Frame* out, std::size_t max) = 0;

    const CaptureInfo& info() const { return info_; }
    const CaptureEnd& end() const { return end_; }
    /// Octets consumed so far, for progress.
    std::uint64_t position() const { return position_; }

protected:
    CaptureInfo info_;
    CaptureEnd end_;
    std::uint64_t position_ = 0;
};

} // namespace lacuna::capture
