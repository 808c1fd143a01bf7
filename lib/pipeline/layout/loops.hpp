// The loops of the data path, one per stage. Each lcore runs one of them from launch to the end of
// input. They hand bursts on; what is done to a burst is wire::decode_burst() and
// flow::Tracker::track(), in every layout.
#pragma once

#include "base/backoff.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/outbox.hpp"
#include "flow/request_slot.hpp"
#include "pipeline/frame_access.hpp"
#include "pipeline/layout/batch.hpp"
#include "pipeline/layout/layout.hpp"
#include "pipeline/layout/vector_state.hpp"
#include "pipeline/source/intake.hpp"
#include "pipeline/source/pacer.hpp"
#include "pipeline/source/source.hpp"

#include <atomic>
#include <span>

namespace lacuna::pipeline {

template <typename Access>
struct RxArgs {
    Shared& shared;
    Source<typename Access::Element>& source;
    Access access;
    std::span<rte_ring* const> parsers; ///< SP/SC, one per parser
    std::span<const Retired> retired;   ///< one per parser
    flow::LcoreCounters& counters;
};

template <typename Access>
struct ParseArgs {
    Shared& shared;
    Access access;
    std::uint32_t index;   ///< of this parser
    std::uint32_t parsers; ///< in all
    rte_ring* input;
    std::span<rte_ring* const> workers; ///< this parser's ring to each worker
    const wire::HashKey& key;
    wire::Decoding decoding;
    wire::FrameCounts& frames;
    Retired& retired;
    flow::LcoreCounters& counters;
};

struct WorkArgs {
    Shared& shared;
    std::uint32_t index;                ///< of this worker
    std::span<rte_ring* const> parsers; ///< each parser's ring to this worker
    flow::Tracker& tracker;
    flow::RequestSlot& request_slot;
    flow::Outbox outbox;
    flow::LcoreCounters& counters;
};

template <typename Access>
struct RtcArgs {
    Shared& shared;
    Source<typename Access::Element>& source;
    Access access;
    const wire::HashKey& key;
    wire::Decoding decoding;
    wire::FrameCounts& frames;
    flow::Tracker& tracker;
    flow::RequestSlot& request_slot;
    flow::Outbox outbox;
    flow::LcoreCounters& counters;
};

/// Receives and hands burst b to parser b mod P. A full ring makes it wait: nothing is dropped.
template <typename Access, typename Pacer>
void rx_loop(RxArgs<Access>& a, Pacer pacer) {
    Credit credit(a.retired);
    Intake<Access, Pacer> intake(a.shared, a.source, a.access, credit, a.counters, pacer);
    std::uint64_t burst = 0;
    std::size_t parser = 0;
    Backoff backoff;
    const auto idle = [] {};
    for (auto got = intake.next(idle); !got.empty(); got = intake.next(idle)) {
        credit.sent(a.access.units(got.data(), got.size()));
        Access::mark_burst(got.data(), got.size());
        while (rte_ring_sp_enqueue_bulk_elem(a.parsers[parser], got.data(),
                                             sizeof(typename Access::Element),
                                             static_cast<unsigned>(got.size()), nullptr)
               == 0) {
            a.counters.full_waits.add(1);
            a.counters.clock.rest();
            backoff.wait();
        }
        a.counters.clock.work();
        backoff.reset();
        ++burst;
        if (++parser == a.parsers.size()) parser = 0;
    }
    a.shared.end_burst.store(burst, std::memory_order_release);
}

/// Takes the next burst out of an RX ring, unmarked, if one is there; bursts are published whole.
template <typename Access>
std::size_t take_burst(rte_ring* ring, typename Access::Element* out) {
    using Element = typename Access::Element;
    rte_ring_zc_data zc;
    const unsigned n =
        rte_ring_dequeue_zc_burst_elem_start(ring, sizeof(Element), wire::kRxBurst, &zc, nullptr);
    if (n == 0) return 0;
    unsigned length = 0;
    const Element* from = static_cast<const Element*>(zc.ptr1);
    do {
        if (length == zc.n1) from = static_cast<const Element*>(zc.ptr2) - length;
        out[length] = from[length];
    } while (!Access::is_last(out[length++]) && length < n);
    Access::clear_mark(out[length - 1]);
    rte_ring_dequeue_zc_elem_finish(ring, length);
    return length;
}

/// The clock of the port behind a burst: sources give steady times.
inline TimeNs clock_behind(const wire::Frame* frames, std::size_t n) {
    TimeNs now = frames[0].time;
    for (std::size_t i = 1; i < n; ++i)
        now = std::max(now, frames[i].time);
    return now;
}

/// Decodes its share of the bursts and sends every worker a batch for each.
template <typename Access>
void parse_loop(ParseArgs<Access>& a) {
    typename Access::Element elements[wire::kRxBurst];
    wire::Frame frames[wire::kRxBurst];
    wire::Observation obs[wire::kMaxRxObservations];
    std::uint16_t order[wire::kMaxRxObservations];
    const auto workers = static_cast<std::uint32_t>(a.workers.size());
    Backoff backoff;
    for (std::uint64_t burst = a.index;; burst += a.parsers) {
        std::size_t n = take_burst<Access>(a.input, elements);
        while (n == 0) {
            if (burst >= a.shared.end_burst.load(std::memory_order_acquire)) return;
            a.counters.idle_polls.add(1);
            a.counters.clock.rest();
            backoff.wait();
            n = take_burst<Access>(a.input, elements);
        }
        backoff.reset();
        a.counters.clock.work();
        a.access.open(elements, n, frames);
        const std::uint64_t units = a.access.units(elements, n);
        const std::size_t k = wire::decode_burst(frames, n, a.key, obs, a.frames, a.decoding);
        const TimeNs now = clock_behind(frames, n);
        clean_vector_state();
        a.access.release(elements, n);
        a.retired.units.add_release(units);
        a.counters.show(a.frames);

        std::uint32_t start[kMaxStage + 1];
        sort_by_worker(obs, k, workers, order, start);
        for (std::uint32_t w = 0; w < workers; ++w) {
            while (!write_batch(a.workers[w], burst, now, obs, order + start[w],
                                start[w + 1] - start[w])) {
                a.counters.full_waits.add(1);
                a.counters.clock.rest();
                backoff.wait();
            }
            backoff.reset();
            a.counters.clock.work();
        }
        a.counters.busy_polls.add(1);
        a.counters.bursts.add(1);
        a.counters.frames.add(n);
    }
}

/// Tracks what is its own, burst by burst in the order RX numbered them.
inline void work_loop(WorkArgs& a) {
    Backoff backoff;
    std::size_t parser = 0;
    std::uint64_t burst = 0;
    // An empty batch moves the log of drops on as well: RX may be waiting for the slowest reader.
    const auto sink = [&a, &burst](const wire::Observation* obs, std::size_t n, TimeNs now) {
        a.shared.drops->apply(a.index, burst, a.tracker);
        a.tracker.track(obs, n, now);
        a.outbox.flush(a.tracker, a.counters);
    };
    for (;;) {
        std::uint32_t count = 0;
        const BatchRead read = read_batch(a.parsers[parser], burst, count, sink);
        if (read == BatchRead::taken) [[likely]] {
            backoff.reset();
            a.counters.clock.work();
            a.request_slot.serve(flow::RequestSlot::kBetweenBursts);
            a.counters.busy_polls.add(1);
            a.counters.bursts.add(count > 0 ? 1 : 0);
            a.counters.frames.add(count);
            ++burst;
            if (++parser == a.parsers.size()) parser = 0;
            continue;
        }
        if (read == BatchRead::disorder) order_broken(burst);
        if (burst >= a.shared.end_burst.load(std::memory_order_acquire)) return;
        a.counters.idle_polls.add(1);
        a.counters.clock.rest();
        a.request_slot.serve(flow::RequestSlot::kWhileIdle);
        a.outbox.flush(a.tracker, a.counters); // an SA may have been found silent
        backoff.wait();
    }
}

/// All three stages on one lcore.
template <typename Access, typename Pacer>
void rtc_loop(RtcArgs<Access>& a, Pacer pacer) {
    Credit credit({}); // no limit: every burst is given back before the next one is asked for
    Intake<Access, Pacer> intake(a.shared, a.source, a.access, credit, a.counters, pacer);
    wire::Frame frames[wire::kRxBurst];
    wire::Observation obs[wire::kMaxRxObservations];
    std::uint64_t burst = 0;
    const auto idle = [&a] {
        a.request_slot.serve(flow::RequestSlot::kWhileIdle);
        a.outbox.flush(a.tracker, a.counters); // an SA may have been found silent
    };
    for (auto got = intake.next(idle); !got.empty(); got = intake.next(idle)) {
        a.access.open(got.data(), got.size(), frames);
        const std::size_t k =
            wire::decode_burst(frames, got.size(), a.key, obs, a.frames, a.decoding);
        const TimeNs now = clock_behind(frames, got.size());
        a.access.release(got.data(), got.size());
        a.counters.show(a.frames);
        a.shared.drops->apply(0, burst++, a.tracker);
        a.tracker.track(obs, k, now);
        a.outbox.flush(a.tracker, a.counters);
        a.request_slot.serve(flow::RequestSlot::kBetweenBursts);
    }
}

} // namespace lacuna::pipeline
