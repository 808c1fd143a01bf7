// Capture files as bursts of frames: pcap, pcapng and ERF; files are mapped or read in blocks,
// pipes read.
#pragma once

#include "capture/access.hpp"

#include "base/drops.hpp"
#include "base/result.hpp"
#include "base/steady_times.hpp"
#include "wire/decode.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lacuna::capture {

enum class Format : std::uint8_t { pcap, pcapng, erf };

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
    bool packed = false;                            ///< compressed, unpacked on a thread
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

/// A loss that the statistics of a capture tell, and where in it.
struct PlacedDrops {
    std::uint64_t frame; ///< number of the frame, from 0, before which it is to be told
    Drops drops;
};
/// In the order of the frames.
using DropPlan = std::vector<PlacedDrops>;

/// Reads one capture from its first to its last frame. Not thread safe; one owner.
/// Mapped files must not shrink while they are read: see guard_mapped_files().
class Reader {
public:
    /// Opens `path` ("-": standard input), also a compressed one (gzip, zstd, lz4). Errors (exit
    /// 2): missing, a directory, empty, not a capture, compressed otherwise, a link type lacuna
    /// does not decode. A file that is read stays open as long as the Reader, and only as much of
    /// it counts as there was when it was opened.
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
    /// Their times are the steady ones of the file, see set_clock_tolerance().
    std::size_t next(wire::Frame* out, std::size_t max) {
        if (!times_.empty()) [[unlikely]]
            return next_waiting(out, max, 0);
        const std::size_t n = take(out, max);
        if (n == 0) return 0;
        TimeNs least = out[0].time;
        TimeNs most = least;
        for (std::size_t i = 1; i < n; ++i) {
            least = std::min(least, out[i].time);
            most = std::max(most, out[i].time);
        }
        if (!times_.usual(least, most)) [[unlikely]]
            return next_waiting(out, max, n);
        latest_ = std::max(latest_, most);
        return n;
    }

    /// Stamps farther from the clock of the file than that are believed only if those that follow
    /// do not contradict them; 0, which it is unless set: all are. Before the first next().
    void set_clock_tolerance(TimeNs tolerance) { times_.set_tolerance(tolerance); }
    /// The clock of the file after what next() gave last.
    TimeNs clock() const { return times_.clock(); }
    /// Frames so far whose stamps were odd: their times are that of the clock.
    std::uint64_t odd_times() const { return times_.odd(); }

    /// What a burst came to.
    struct Decoded {
        std::size_t frames = 0;       ///< 0: the end, as next() tells it
        std::size_t observations = 0; ///< of this burst
    };
    /// next() of at most wire::kBurst frames and wire::decode_burst() of them, in one pass where
    /// the format has one. `out` has room for wire::kMaxObservations.
    Decoded decode(const wire::DecodeInto& into, wire::Observation* out) {
        if (!times_.empty()) [[unlikely]]
            return decode_next(into, out);
        return take_decoded(into, out);
    }

    /// Frames the capturing machine lost before those that next() gave last, one loss a call;
    /// false: no more. A burst ends before a loss, so that whoever asks after each knows in time.
    bool take_drops(Drops& out) { return !untold_.empty() && take_untold(out); }
    /// Frames lost so far, as the capture tells.
    std::uint64_t dropped() const { return dropped_; }
    /// Those of them that no Drops tells: the statistics of a pipe come after what they tell of.
    std::uint64_t dropped_unplaced() const { return dropped_unplaced_; }

    /// Reads a file of its own format's statistics to the end: what they tell of losses comes after
    /// the frames it concerns. The reader is used up. Nothing where the format has none.
    virtual DropPlan survey_drops() { return {}; }
    /// What survey_drops() of another reader of the same file told; before the first next().
    virtual void expect(std::shared_ptr<const DropPlan>) {}

    /// Time of the first frame of a file, if there is one; before the first next(). None for pipes.
    virtual std::optional<TimeNs> first_time() { return std::nullopt; }
    /// The latest time so far.
    TimeNs latest_time() const { return latest_; }

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
    /// Does what next() says.
    virtual std::size_t take(wire::Frame* out, std::size_t max) = 0;
    /// Does what decode() says. A format that decodes frames as it finds them ends a burst before
    /// one that is not in step; a burst that would begin with it is for decode_next().
    virtual Decoded take_decoded(const wire::DecodeInto& into, wire::Observation* out) {
        return decode_next(into, out);
    }
    /// next(), and then the decoding.
    Decoded decode_next(const wire::DecodeInto& into, wire::Observation* out);
    /// The clock of the file for such a format, and what became of it.
    StampWalk stamp_walk() const { return times_.walk(); }
    void passed(const StampWalk& walk) {
        times_.end(walk);
        latest_ = std::max(latest_, walk.clock());
    }
    /// A loss before the frame that take() is about to give first.
    void tell(const Drops& drops);

    CaptureInfo info_;
    CaptureEnd end_;
    std::uint64_t position_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t dropped_unplaced_ = 0;
    std::uint16_t source_ = 0;

private:
    /// A frame whose time is not known yet, with octets of its own unless its file is mapped.
    struct Waiting {
        wire::Frame frame;
        std::unique_ptr<std::uint8_t[]> octets;
    };

    bool take_untold(Drops& out);
    /// next() where stamps have to be looked at one by one: after the first `n` of `out`.
    std::size_t next_waiting(wire::Frame* out, std::size_t max, std::size_t n);
    void wait(const wire::Frame* frames, std::size_t n);

    SteadyTimes<Waiting> times_;
    std::vector<std::unique_ptr<std::uint8_t[]>> lent_; ///< octets of what next() gave last
    TimeNs latest_ = std::numeric_limits<TimeNs>::min();
    std::vector<Drops> untold_; ///< few
};

/// What the header of the capture `path` says; for pcapng of the interfaces described before the
/// first packet. Opens and closes it; refuses pipes, whose octets would be gone. Errors as open().
Result<CaptureInfo> probe(const std::string& path);

} // namespace lacuna::capture
