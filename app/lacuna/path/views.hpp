// A comparison of taps as JSON, CSV and text.
#pragma once

#include "path/result.hpp"

#include <cstddef>

namespace lacuna::app {

/// What is known of the clocks of the taps.
enum class Clocks : std::uint8_t {
    unsaid, ///< nothing
    synced, ///< they agree: differences of times are delays
    free,   ///< they do not: only how delays vary means anything
};
inline constexpr const char* kClocksNames[] = {"unsaid", "synced", "free"};

struct PathShown {
    std::size_t top = 0; ///< so many SAs at most; 0: all (the text: a few)
    Clocks clocks = Clocks::unsaid;
};

/// Each writes to stdout. False: it could not be written; errno says why.
bool write_path_json(const path::PathResult& result, const PathShown& shown);
/// A line for each segment of each SA.
bool write_path_csv(const path::PathResult& result, const PathShown& shown);
bool write_path_text(const path::PathResult& result, const PathShown& shown);

/// By how much the clock of `there.to` is ahead of that of `there.from`, if the fastest packets
/// took as long one way as the other.
inline TimeNs clock_offset(const path::Segment& there, const path::Segment& back) {
    return (there.delay.min() - back.delay.min()) / 2;
}
/// The segment between the same taps the other way round; null: none, or one of them has no delay.
const path::Segment* way_back(const path::PathResult& result, const path::Segment& there);

} // namespace lacuna::app
