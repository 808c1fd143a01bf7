// What a flow table had to do beside tracking.
#pragma once

#include "wire/frame_counts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace lacuna::flow {

/// All since start.
struct TableCounters {
    std::uint64_t rows = 0;         ///< held now
    std::uint64_t created = 0;      ///< ever
    std::uint64_t refused = 0;      ///< observations of SAs for which there was no room
    std::uint64_t evicted_idle = 0; ///< rows that left because they were idle
    std::uint64_t evicted_full = 0; ///< rows pushed out because the table was full
    std::uint64_t short_memory = 0; ///< SAs that got a memory of 64: no side record left
    /// Duplicates that came over another port or interface than their SA's first packet.
    std::uint64_t elsewhere = 0;
    std::uint64_t events_missed = 0; ///< events of a burst beyond what it has room for
    /// Packets believed after a trial (wire::kOnTrial) whose frames were counted as `other`, by the
    /// class they belong to; over IPv4 and over IPv6.
    std::array<std::array<std::uint64_t, 2>, wire::kFrameClasses> believed = {};

    TableCounters& operator+=(const TableCounters& o) {
        rows += o.rows;
        created += o.created;
        refused += o.refused;
        evicted_idle += o.evicted_idle;
        evicted_full += o.evicted_full;
        short_memory += o.short_memory;
        elsewhere += o.elsewhere;
        events_missed += o.events_missed;
        for (std::size_t i = 0; i < believed.size(); ++i)
            for (std::size_t family = 0; family < 2; ++family)
                believed[i][family] += o.believed[i][family];
        return *this;
    }
};

} // namespace lacuna::flow
