// Gap listings are derived, not kept: the events of a row, folded in order, give the runs of
// numbers that are missing at that point.
#pragma once

#include "flow/event.hpp"

#include <span>
#include <vector>

namespace lacuna::flow {

/// A maximal run of missing numbers, as listings show it.
struct GapRun {
    Seq64 first_missing;
    Seq64 next;  ///< the number after the run
    TimeNs time; ///< of the packet that revealed it
    std::uint32_t instance;
    bool blind;

    std::uint64_t size() const { return static_cast<std::uint64_t>(next - first_missing); }
    friend bool operator==(const GapRun&, const GapRun&) = default;
};

/// Folds the events of one row, in the order they happened, into its runs, sorted by instance and
/// number. Cost O(n log n); never on the packet path.
std::vector<GapRun> fold_gaps(std::span<const Event> events);

} // namespace lacuna::flow
