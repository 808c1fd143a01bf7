// The thread between mailboxes and sinks: slow sinks, failing sinks, many mailboxes.
#include "catch.hpp"
#include "store/write/spiller.hpp"
#include "support/store_samples.hpp"

#include <chrono>
#include <thread>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

using namespace std::chrono_literals;

/// Takes its time over each batch.
class SlowSink : public MemorySink {
public:
    SlowSink() : MemorySink(100'000'000) {}
    Status put_events(std::span<const flow::Event> more) override {
        std::this_thread::sleep_for(1ms);
        return MemorySink::put_events(more);
    }
};

/// Takes `good` batches, then none.
class FailingSink : public Sink {
public:
    explicit FailingSink(int good) : good_(good) {}
    Status put_events(std::span<const flow::Event> more) override { return take(more.size()); }
    Status put_summaries(std::span<const flow::SaSummary> more) override {
        return take(more.size());
    }
    std::uint64_t taken = 0;
    int calls = 0;

private:
    Status take(std::size_t n) {
        if (++calls > good_) return Error{"call " + std::to_string(calls), "sink", "", 1};
        taken += n;
        return {};
    }
    int good_;
};

/// What a worker does that must lose nothing: waits for room.
template <typename Ring, typename T>
void push(Ring& ring, const T& item) {
    while (ring.push(&item, 1) == 0)
        std::this_thread::yield();
}

void work(flow::Mailbox& box, const wire::SaIdentity& id, Seq64 events, std::uint64_t summaries) {
    for (Seq64 n = 0; n < events; ++n)
        push(box.events, sample_event(id, 1, n));
    for (std::uint64_t n = 0; n < summaries; ++n)
        push(box.summaries, sample_summary(id, 1, n));
}

} // namespace

TEST_CASE("spiller: a slow sink loses nothing and keeps the order of each mailbox", "[store]") {
    constexpr Seq64 kEvents = 50'000;
    constexpr std::uint64_t kSummaries = 2'000;
    const auto ids = sample_ids();
    // Mailboxes far smaller than what passes through them.
    flow::Mailbox first(64, 4);
    flow::Mailbox second(256, 16);
    SlowSink slow;
    MemorySink quick(100'000'000);
    Spiller spiller({&first, &second}, {&slow, &quick});
    std::thread other([&] { work(second, ids[1], kEvents, kSummaries); });
    work(first, ids[0], kEvents, kSummaries);
    other.join();
    REQUIRE(spiller.stop());
    REQUIRE(spiller.stop());
    CHECK(spiller.not_stored() == 0);

    for (const MemorySink* sink : {static_cast<MemorySink*>(&slow), &quick}) {
        CHECK(sink->events.size() == 2 * kEvents);
        CHECK(sink->summaries.size() == 2 * kSummaries);
        Seq64 next[2] = {};
        bool ordered = true;
        for (const flow::Event& e : sink->events)
            ordered = ordered && e.a == next[e.id == ids[0] ? 0 : 1]++;
        CHECK(ordered);
    }
}

TEST_CASE("spiller: what waits in the mailboxes at stop() is still taken", "[store]") {
    flow::Mailbox box(1 << 16, 1 << 10);
    const auto id = sample_ids().front();
    MemorySink sink(100'000'000);
    {
        Spiller spiller({&box}, {&sink});
        work(box, id, 60'000, 1'000);
    } // the destructor stops
    CHECK(sink.events.size() == 60'000);
    CHECK(sink.summaries.size() == 1'000);
}

TEST_CASE("spiller: a failing sink is drained all the same, and counted", "[store]") {
    constexpr Seq64 kEvents = 30'000;
    constexpr std::uint64_t kSummaries = 500;
    for (const int good : {0, 1, 3}) {
        CAPTURE(good);
        flow::Mailbox box(64, 4);
        FailingSink failing(good);
        MemorySink beside(100'000'000);
        Spiller spiller({&box}, {&failing, &beside});
        work(box, sample_ids().front(), kEvents, kSummaries);
        const Status status = spiller.stop();
        REQUIRE_FALSE(status);
        CHECK(status.error().what == "call " + std::to_string(good + 1));
        CHECK(status.error().exit_code == 1);
        CHECK(failing.taken + spiller.not_stored() == kEvents + kSummaries);
        CHECK(failing.calls > good + 1);
        CHECK(beside.events.size() == kEvents);
        CHECK(beside.summaries.size() == kSummaries);
    }
}
