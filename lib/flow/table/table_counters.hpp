// What a flow table had to do beside tracking.
#pragma once

#include <cstdint>

namespace lacuna::flow {

/// All since start.
struct TableCounters {
    std::uint64_t rows = 0;          ///< held now
    std::uint64_t created = 0;       ///< ever
    std::uint64_t refused = 0;       ///< observations of SAs for which there was no room
    std::uint64_t evicted_idle = 0;  ///< rows that left because they were idle
    std::uint64_t evicted_full = 0;  ///< rows pushed out because the table was full
    std::uint64_t short_memory = 0;  ///< SAs that got a memory of 64: no side record left
    std::uint64_t events_missed = 0; ///< events of a burst beyond what it has room for

    TableCounters& operator+=(const TableCounters& o) {
        rows += o.rows;
        created += o.created;
        refused += o.refused;
        evicted_idle += o.evicted_idle;
        evicted_full += o.evicted_full;
        short_memory += o.short_memory;
        events_missed += o.events_missed;
        return *this;
    }
};

} // namespace lacuna::flow
