// From a worker's tracker to the mailbox the store thread empties.
#pragma once

#include "base/backoff.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/mailbox.hpp"
#include "flow/tracker.hpp"

#include <span>

namespace lacuna::flow {

/// What to do when the store has no room.
enum class WhenFull : std::uint8_t {
    wait,  ///< a replay waits: nothing may be missing
    count, ///< a live run goes on and counts what could not be stored
};

/// One per worker, used by its lcore alone. `box` may be null: then nobody wants to know.
class Outbox {
public:
    Outbox(Mailbox* box, WhenFull when_full) : box_(box), when_full_(when_full) {}

    /// Takes samples, events and evicted rows out of `tracker`; the samples of a row go before its
    /// summary, that before its `evicted` event.
    void flush(Tracker& tracker, LcoreCounters& counters) {
        const std::span<const Sample> samples = tracker.samples();
        if (!samples.empty()) [[unlikely]] {
            if (box_ != nullptr) put(box_->samples, samples, box_->samples_joined, counters);
            tracker.clear_samples();
        }
        const std::span<const SaSummary> evicted = tracker.evicted();
        if (!evicted.empty()) [[unlikely]] {
            if (box_ != nullptr)
                put(box_->summaries, evicted, box_->summaries_superseded, counters);
            tracker.clear_evicted();
        }
        const std::span<const Event> events = tracker.events();
        if (!events.empty()) {
            if (box_ != nullptr) put(box_->events, events, box_->events_lost, counters);
            tracker.clear_events();
        }
    }

private:
    template <typename T>
    void put(SpscRing<T>& ring, std::span<const T> items, std::atomic<std::uint64_t>& lost,
             LcoreCounters& counters) {
        std::size_t done = ring.push(items.data(), items.size());
        Backoff backoff;
        while (done < items.size()) {
            if (when_full_ == WhenFull::count) {
                lost.fetch_add(items.size() - done, std::memory_order_relaxed);
                return;
            }
            counters.store_waits.add(1);
            backoff.wait();
            const std::size_t n = ring.push(items.data() + done, items.size() - done);
            if (n > 0) backoff.reset();
            done += n;
        }
    }

    Mailbox* box_;
    WhenFull when_full_;
};

} // namespace lacuna::flow
