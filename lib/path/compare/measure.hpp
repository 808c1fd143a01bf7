// How long the way took: the captures of all taps read once more, side by side.
#pragma once

#include "path/compare/compare.hpp"
#include "path/taps/captures.hpp"

namespace lacuna::path {

/// A tap whose packets can be timed.
struct TimedTap {
    std::size_t tap; ///< its place in the order of the taps
    const TapReader::Streams* streams;
};

/// Measures the delay of every number within what is compared that two taps in a row saw, of its
/// first arrival at each; where one of the two is no capture, of those numbers it has stamped.
/// Memory: what is under way between taps; the clocks of `comparison` are made up for. Errors as
/// CaptureReader::open().
Status measure_delays(Comparison& comparison, std::span<const Tap> taps,
                      std::span<const TimedTap> timed, const wire::HashKey& key);

} // namespace lacuna::path
