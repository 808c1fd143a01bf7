// Where the numbers of an SA were lost: from what every tap missed to segments.
#pragma once

#include "path/compare/match.hpp"
#include "path/result.hpp"

namespace lacuna::path {

/// Which way the packets go that `groups` are of: from the times at the first and the last tap,
/// else from who missed more, else unknown.
Direction find_direction(const std::vector<Group>& groups);

/// Adds to `flow` what became of the numbers of `group`. `flow.taps` are those of its sides in the
/// order of the taps, turned round where the direction is reverse; `flow.segments` lie between
/// them. `counted[i]`: whether side `i` knows its late numbers and copies.
void tell_fates(FlowResult& flow, const Group& group);

/// Adds copies and reordering that arose in each segment, from sides that know them by number.
void tell_disorder(FlowResult& flow, const Group& group, std::span<const bool> by_number);

} // namespace lacuna::path
