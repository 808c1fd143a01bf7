// Sums over all secure associations ever held.
#pragma once

#include "flow/summary.hpp"

namespace lacuna::flow {

/// The `totals` of a report; names and meaning as there (doc/semantics.md).
struct Totals {
    std::uint64_t flows = 0; ///< rows ever held, evicted ones included
    std::uint64_t received = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;
    std::uint64_t lost_blind = 0;
    std::uint64_t gaps = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t late = 0;
    std::uint64_t too_old = 0;
    std::uint64_t before_first = 0;
    std::uint64_t outliers = 0;
    std::uint64_t restarts = 0;
    std::uint64_t rekeys = 0; ///< per secure channel, not part of a summary
    std::uint64_t max_gap = 0;
    std::uint64_t max_late_extent = 0;
    Log2Histogram late_extents = {};
    Log2Histogram too_old_extents = {};
    Log2Histogram loss_periods = {};
    Log2Histogram loss_distances = {};
    /// Late and too-old packets of MACsec rows: what a replay window of 0 would have dropped.
    std::uint64_t macsec_out_of_order = 0;

    void add(const SaSummary& s);
    Totals& operator+=(const Totals& o);
};

} // namespace lacuna::flow
