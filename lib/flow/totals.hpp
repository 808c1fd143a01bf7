// Sums over all secure associations ever held.
#pragma once

#include "flow/summary.hpp"

#include <array>

namespace lacuna::flow {

/// The `totals` of a report; names and meaning as there (doc/semantics.md).
struct Totals : Counts {
    std::uint64_t flows = 0;  ///< rows ever held, evicted ones included
    std::uint64_t rekeys = 0; ///< per secure channel, not part of a summary
    /// Late and too-old packets of MACsec rows: what a replay window of 0 would have dropped.
    std::uint64_t macsec_out_of_order = 0;

    void add(const SaSummary& s);
    Totals& operator+=(const Totals& o);
};

/// Sums of the encrypted links, and of each further counter for itself.
struct Sums {
    Totals links;
    std::array<Totals, wire::kCounters> counters = {}; ///< in the order of wire::kCounterList

    Totals& of(Protocol p) { return wire::is_link(p) ? links : counters[wire::counter_index(p)]; }
    Sums& operator+=(const Sums& o) {
        links += o.links;
        for (std::size_t i = 0; i < counters.size(); ++i)
            counters[i] += o.counters[i];
        return *this;
    }
};

} // namespace lacuna::flow
