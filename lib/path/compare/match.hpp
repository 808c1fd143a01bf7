// Which lives of an SA at several taps are the same one, and how their numbers correspond.
#pragma once

#include "path/taps/track.hpp"

#include <optional>
#include <span>
#include <vector>

namespace lacuna::path {

/// One tap's part in a Group.
struct Side {
    const Instance* instance = nullptr;
    std::size_t index = 0; ///< of the instance in its track
    Seq64 shift = 0;       ///< own number + shift = common number
};

/// The same life of an SA at every tap of its path. What is compared are the common numbers
/// [first, next): between the highest `first` and the lowest `highest` of all taps; at least one.
struct Group {
    std::vector<Side> sides; ///< as the tracks it was made of
    Seq64 first = 0;
    Seq64 next = 0;
};

/// A multiple of 2^32: added to numbers of `b` it makes those of `a` that had the same 32 bits on
/// the wire, for whoever joined after a wrap counts from a high half of its own.
Seq64 shift_between(const Instance& a, const Instance& b);

/// By how much later `b` saw each number that both have stamped, as the clocks say.
std::vector<TimeNs> common_delays(const Instance& a, const Instance& b, Seq64 shift);

/// The median of what later numbers that both saw came to `b`, as the clocks say; nothing: no
/// number in common is stamped.
std::optional<TimeNs> usual_delay(const Instance& a, const Instance& b, Seq64 shift);

/// Groups of one SA. `tracks` are of the taps of its path; `clocks[i]` is by how much the clock of
/// the tap of track `i` is ahead of the others'. Lives are matched in order, by numbers and time.
std::vector<Group> match(std::span<const Track* const> tracks, std::span<const TimeNs> clocks);

} // namespace lacuna::path
