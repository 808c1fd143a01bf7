// What whoever compares taps should know, and why some cannot be compared: one line each.
#pragma once

#include "base/result.hpp"
#include "path/result.hpp"

#include <span>

namespace lacuna::path {

/// No SA was seen at two taps.
Error nothing_common(std::span<const Tap> taps);
/// SAs were seen at two taps, `common` of them, but none of their numbers.
Error no_number_common(std::span<const Tap> taps, std::size_t common);

/// Remarks of the taps, each with the tap's name, and on the whole. `clocks`: as of Comparison.
std::vector<std::string> path_remarks(std::span<const Tap> taps, const PathResult& result,
                                      const std::vector<TimeNs>& clocks);

} // namespace lacuna::path
