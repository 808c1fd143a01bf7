// The captures of one tap, read exactly as `analyze` reads them.
#pragma once

#include "base/result.hpp"
#include "capture/stream.hpp"
#include "path/taps/blind.hpp"
#include "path/taps/tap.hpp"
#include "wire/decode.hpp"

#include <memory>

namespace lacuna::path {

/// Reads the captures of one stream from the first to the last packet with a number. One owner, one
/// thread.
class CaptureReader {
public:
    /// `key` hashes the identities; drops that the captures tell of go to `blind`, which outlives
    /// this. Errors (exit 2) as capture::Reader::open().
    static Result<CaptureReader> open(const capture::Stream& stream, const wire::HashKey& key,
                                      BlindSpans& blind);

    /// The next observations, in the order of the captures; none at the end. They stay valid until
    /// the next call.
    std::span<const wire::Observation> next();
    /// At the end: captures that were cut, losses told too late.
    std::vector<std::string> remarks(const capture::Stream& stream) const;

private:
    CaptureReader() = default;

    std::vector<std::unique_ptr<capture::Reader>> readers_;
    std::size_t at_ = 0;
    wire::HashKey key_{};
    std::unique_ptr<wire::FrameCounts> counts_ = std::make_unique<wire::FrameCounts>();
    std::unique_ptr<wire::Observation[]> observations_ =
        std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    BlindSpans* blind_ = nullptr;
};

/// The streams of one tap: one, or those of parallel ways that a packet takes one of. They are
/// read side by side, by time. One owner, one thread.
class TapReader {
public:
    using Streams = std::vector<capture::Stream>;

    /// As CaptureReader::open().
    static Result<TapReader> open(const Streams& streams, const wire::HashKey& key);

    /// As CaptureReader::next().
    std::span<const wire::Observation> next();
    /// Spans in which the captures say they lost frames, as far as next() got.
    BlindSpans& blind() { return *blind_; }
    std::vector<std::string> remarks(const Streams& streams) const;

private:
    TapReader() = default;

    std::unique_ptr<BlindSpans> blind_ = std::make_unique<BlindSpans>();
    std::vector<CaptureReader> readers_;
    std::vector<std::span<const wire::Observation>> seen_; ///< of each reader; one: unused
    std::vector<wire::Observation> merged_;
};

/// Fills the tracks of `tap` with all that `streams` show. Errors as CaptureReader::open().
Status read_tracks(Tap& tap, const TapReader::Streams& streams, const wire::HashKey& key);

} // namespace lacuna::path
