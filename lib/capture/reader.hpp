// Capture files as bursts of frames: pcap and pcapng; files are mapped or read in blocks, pipes
// read.
#pragma once

#include "capture/access.hpp"

#include "base/result.hpp"
#include "wire/frame.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace lacuna::capture {

enum class Format : std::uint8_t { pcap, pcapng };

/// A captured length above this is impossible, as in libpcap.
inline constexpr std::uint32_t kMaxCaptured = 262144;

/// Most files of one stream: each may be a mapping, of which a process has some 65,000, and
/// Frame::source tells as many apart.
inline constexpr std::size_t kMostFiles = 32'768;

/// Whether `files` of them can be one stream. Errors (exit 2): too many.
Status check_number(std::size_t files);

/// What the file header says; for pcapng of the interfaces seen so far.
struct CaptureInfo {
    std::string path;
    Format format = Format::pcap;
    wire::LinkType link = wire::LinkType::ethernet; ///< of the first interface
    bool mixed_links = false;                       ///< interfaces of different link types
    bool mixed_snaps = false;                       ///< interfaces of different snap lengths
    bool nanoseconds = false;                       ///< finer than microseconds
    bool mapped = false;                            ///< frames stay valid as long as the Reader
    std::uint32_t fcs_octets = 0;                   ///< trailing FCS the records carry
    std::uint64_t size = 0;                         ///< octets of a file; 0: a pipe
};

/// How a capture ended. Valid once next() has returned 0.
struct CaptureEnd {
    bool truncated = false;   ///< the file ends inside a record, or a record's length is impossible
    std::uint64_t offset = 0; ///< of that record in the file
    std::string reason;       ///< "record header cut", "record of 4294967295 octets", ...
    /// A signal came while next() waited for a pipe, or nothing within the reader's patience:
    /// nothing is lost, and next() may be called again to go on.
    bool interrupted = false;
};

/// Reads one capture from its first to its last frame. Not thread safe; one owner.
/// Mapped files must not shrink while they are read: see guard_mapped_files().
class Reader {
public:
    /// Opens `path` ("-": standard input). Errors (exit 2): missing, a directory, empty, not a
    /// capture, compressed, a link type lacuna does not decode. A file that is read stays open as
    /// long as the Reader, and only as much of it counts as there was when it was opened.
    static Result<std::unique_ptr<Reader>> open(const std::string& path,
                                                Access access = Access::map);
    /// Reads a capture that lies in memory; the caller keeps `octets` alive. Same errors; `name`
    /// stands for the path.
    static Result<std::unique_ptr<Reader>> from_memory(std::span<const std::uint8_t> octets,
                                                       const std::string& name = "memory");
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Fills up to `max` frames in file order and returns how many; 0: the end. The frames point
    /// into the mapping or an internal buffer and stay valid until the next call (mapped files:
    /// until the Reader is destroyed). `caplen` and `wirelen` leave a captured FCS out.
    virtual std::size_t next(wire::Frame* out, std::size_t max) = 0;

    const CaptureInfo& info() const { return info_; }
    const CaptureEnd& end() const { return end_; }
    /// Octets consumed so far, for progress.
    std::uint64_t position() const { return position_; }
    /// next() waits for a pipe no longer; without end unless set.
    virtual void set_patience(std::chrono::milliseconds) {}
    /// What Frame::source of the following frames shall be; 0 unless set.
    void set_source(std::uint16_t source) { source_ = source; }

protected:
    Reader() = default;

    CaptureInfo info_;
    CaptureEnd end_;
    std::uint64_t position_ = 0;
    std::uint16_t source_ = 0;
};

/// What the header of the capture `path` says; for pcapng of the interfaces described before the
/// first packet. Opens and closes it; refuses pipes, whose octets would be gone. Errors as open().
Result<CaptureInfo> probe(const std::string& path);

} // namespace lacuna::capture
