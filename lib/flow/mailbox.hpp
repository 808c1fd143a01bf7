// The way out of a flow worker: what the store thread takes from it.
#pragma once

#include "base/spsc_ring.hpp"
#include "flow/event.hpp"
#include "flow/sample.hpp"
#include "flow/summary.hpp"

namespace lacuna::flow {

/// One per worker. The worker pushes, the store thread pops; neither ever locks.
/// Summaries and samples are cumulative: one that does not fit is superseded by a later one. Events
/// are never superseded: `analyze` and `replay` wait for room, `run` counts what it could not
/// store.
struct Mailbox {
    explicit Mailbox(std::size_t event_room = 65536, std::size_t summary_room = 4096,
                     std::size_t sample_room = 32768)
        : events(event_room), summaries(summary_room), samples(sample_room) {}

    SpscRing<Event> events;
    SpscRing<SaSummary> summaries;
    SpscRing<Sample> samples;
    std::atomic<std::uint64_t> events_lost{0};          ///< written by the worker
    std::atomic<std::uint64_t> summaries_superseded{0}; ///< written by the worker
    std::atomic<std::uint64_t> samples_joined{0}; ///< intervals lost in the next; by the worker
};

} // namespace lacuna::flow
