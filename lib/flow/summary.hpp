// The figures of one secure association as every view (report, store, telemetry) sees them.
#pragma once

#include "base/log2_histogram.hpp"
#include "wire/observation.hpp"

#include <type_traits>

namespace lacuna::flow {

using lacuna::kLog2Buckets;
using lacuna::Log2Histogram;

/// What an SA and the totals over all of them have alike. How each sums: flow/fields/table.hpp.
struct Counts {
    std::uint64_t received = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;
    std::uint64_t lost_blind = 0;    ///< part of `lost` the probe itself may have caused
    std::uint64_t lost_doubtful = 0; ///< part of `lost` that cannot have been packets, not blind
    std::uint64_t gaps = 0;
    std::uint64_t max_gap = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t late = 0;
    std::uint64_t max_late_extent = 0;
    std::uint64_t too_old = 0;
    std::uint64_t before_first = 0;
    std::uint64_t outliers = 0;
    std::uint64_t restarts = 0;
    std::uint64_t reused_ans = 0;         ///< restarts that were part of a rekey
    std::uint64_t recovered = 0;          ///< late packets of numbers that were final already
    std::uint64_t recovered_blind = 0;    ///< the part of them that had been blind
    std::uint64_t recovered_doubtful = 0; ///< and doubtful
    Log2Histogram late_extents = {};      ///< extents of late packets
    Log2Histogram too_old_extents = {};   ///< extents of packets beyond the memory
    Log2Histogram loss_periods = {};      ///< lengths of runs of lost numbers (RFC 3357)
    Log2Histogram loss_distances = {}; ///< from the last number of a run to the first of the next
};

/// Cumulative: a later summary of the same row supersedes an earlier one. A row is one life of an
/// SA in the flow table, named by (id, first_time). All counters as doc/semantics.md defines them,
/// over all instances (restarts) of the row.
struct SaSummary : Counts {
    wire::SaIdentity id; ///< a further counter of an identity: with its source, see kOneOfSeveral
    wire::SaIdentity source; ///< `id` with the source, and as one of several where it is one
    TimeNs first_time;
    TimeNs last_time;                  ///< of the packet that arrived last
    Seq64 first_ext;                   ///< first number of the first instance
    Seq64 highest_ext;                 ///< highest number of the last instance
    std::uint64_t min_interarrival_ns; ///< 0 with fewer than two packets
    std::uint64_t max_interarrival_ns;
    std::uint64_t sum_interarrival_ns; ///< steps back in time count as 0
    std::uint64_t rate_numbers;        ///< numbers consumed in the last rate_ns of packet time
    std::uint64_t rate_ns;             ///< at most about 10 s; 0: not known yet
    TimeNs period_time; ///< first packet in the latest of kPeriod (flow/sample.hpp) it was seen in
    std::uint64_t counters;    ///< counters the identity has; 0 where it simply has one
    std::uint64_t stations;    ///< sources the counter has; 0 where it simply has one
    std::uint32_t sci_assumed; ///< 1: some packet's SCI was not on the wire for certain
    std::uint32_t interleaved; ///< 1: no numbers of one counter; its loss is doubtful
    std::uint32_t ordinal;     ///< of the counter in its identity, by appearance
    std::uint32_t evicted;     ///< 1: the row has left the table; no later summary follows
    std::uint32_t silent;      ///< 1: it sends nothing any more, and nothing replaced it
    std::uint16_t vlan;        ///< wire::Observation::vlan() of the latest packet looked at closely
    std::uint16_t port;        ///< and its port
    std::uint64_t
        inside; ///< wire::Encapsulation around the header of the latest packet looked at closely

    std::uint32_t first() const { return static_cast<std::uint32_t>(first_ext); }
    std::uint32_t highest() const { return static_cast<std::uint32_t>(highest_ext); }
};
static_assert(std::has_unique_object_representations_v<SaSummary>,
              "no padding: tests compare summaries as octets");

} // namespace lacuna::flow
