// The captures of one tap, read exactly as `analyze` reads them.
#pragma once

#include "base/result.hpp"
#include "capture/stream.hpp"
#include "path/taps/blind.hpp"
#include "path/taps/tap.hpp"
#include "wire/decode.hpp"

#include <memory>

namespace lacuna::path {

/// Reads the captures of one tap from the first to the last packet with a number. One owner, one
/// thread.
class CaptureReader {
public:
    /// `key` hashes the identities. Errors (exit 2) as capture::Reader::open().
    static Result<CaptureReader> open(const capture::Stream& stream, const wire::HashKey& key);

    /// The next observations, in the order of the captures; none at the end. They stay valid until
    /// the next call.
    std::span<const wire::Observation> next();
    /// Spans in which the captures say they lost frames, as far as next() got.
    BlindSpans& blind() { return *blind_; }
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
    std::unique_ptr<BlindSpans> blind_ = std::make_unique<BlindSpans>();
};

/// Fills the tracks of `tap` with all that `stream` shows. Errors as CaptureReader::open().
Status read_tracks(Tap& tap, const capture::Stream& stream, const wire::HashKey& key);

} // namespace lacuna::path
