// What one tap knows of one SA: which numbers it saw, as runs.
#pragma once

#include "path/taps/spans.hpp"
#include "path/taps/stamps.hpp"

#include <vector>

namespace lacuna::path {

/// Why a tap did not see a number in [first, highest].
enum class Missing : std::uint8_t {
    no = 0,  ///< it did
    lost,    ///< it would have seen it
    unknown, ///< it may have passed unseen: a blind spot, or a loss in doubt
};

/// One life of a counter: a restart of the peer begins another.
struct Instance {
    Seq64 first = 0;   ///< the first to arrive
    Seq64 highest = 0; ///< extended to 64 bits; the high half begins at 0
    TimeNs first_time = 0;
    TimeNs last_time = 0; ///< of the packet that arrived last
    Spans<Missing> missing;
    Spans<std::uint8_t> late;    ///< 1: arrived after a higher number
    Spans<std::uint32_t> copies; ///< how often a number arrived besides the first time
    Stamps stamps;
    /// From a store: what it stamped (flow::StampHash), by number.
    std::vector<Stamp> times;
    /// Packets of the SA at this tap before the first of this instance.
    std::uint64_t begin = 0;
};

/// All of an SA at one tap.
struct Track {
    std::vector<Instance> instances;
    /// False: `late` and `copies` are not known by number, only how many there were (from a store).
    bool by_number = true;
    std::uint64_t late = 0;       ///< where they are not known by number
    std::uint64_t duplicates = 0; ///< likewise
};

} // namespace lacuna::path
