// Questions to a tracker at work: answers are whole, never run backwards, and end up equal to what
// the tracker itself sums.
#include "catch.hpp"
#include "flow/gap_fold.hpp"
#include "flow/request_slot.hpp"
#include "wire/decode.hpp"

#include <atomic>
#include <cstring>
#include <random>
#include <set>
#include <thread>

using namespace lacuna;
using namespace std::chrono_literals;

namespace {

const wire::HashKey kKey = wire::HashKey::fixed(7);
constexpr TimeNs kStart = 1'704'067'200'000'000'000;

wire::Observation packet(std::uint32_t sa, std::uint32_t number, TimeNs time) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id.key.protocol = Protocol::esp;
    o.id.key.family = wire::Family::ipv4;
    o.id.key.spi = sa + 1;
    o.id.key.addr[0] = 10;
    o.time = time;
    o.seq = number;
    o.bytes = 100;
    o.hash = wire::identity_hash(o.id, kKey);
    return o;
}

/// A tracker and its traffic: `sas` associations that lose, repeat and reorder packets.
struct Bench {
    explicit Bench(std::uint32_t sas, std::uint64_t max_flows = 4096, TimeNs idle = 0)
        : budget(max_flows), numbers(sas, 0) {
        flow::TrackerConfig config;
        config.max_flows = max_flows;
        config.idle_timeout = idle;
        config.recent_events = 1024;
        tracker = std::move(*flow::Tracker::create(config, budget));
        request_slot = std::make_unique<flow::RequestSlot>(*tracker);
    }

    void burst() {
        wire::Observation obs[wire::kBurst];
        for (wire::Observation& o : obs) {
            const auto sa = static_cast<std::uint32_t>(random() % numbers.size());
            std::uint32_t& n = numbers[sa];
            n += random() % 50 == 0 ? 3 : 1;
            const std::uint32_t back = random() % 40 == 0 ? 2 : 0;
            o = packet(sa, n > back ? n - back : n, now += 1000);
        }
        tracker->track(obs, wire::kBurst);
    }

    flow::FlowBudget budget;
    std::vector<std::uint32_t> numbers;
    std::mt19937_64 random{1};
    TimeNs now = kStart;
    std::unique_ptr<flow::Tracker> tracker;
    std::unique_ptr<flow::RequestSlot> request_slot;
};

flow::Request question(flow::Request::Kind kind) {
    flow::Request q;
    q.kind = kind;
    return q;
}

flow::Request about(flow::Request::Kind kind, std::uint32_t sa) {
    flow::Request q = question(kind);
    q.id = packet(sa, 0, 0).id;
    q.hash = wire::identity_hash(q.id, kKey);
    return q;
}

void same_totals(const flow::Totals& a, const flow::Totals& b) {
    CHECK(a.flows == b.flows);
    CHECK(a.received == b.received);
    CHECK(a.bytes == b.bytes);
    CHECK(a.lost == b.lost);
    CHECK(a.gaps == b.gaps);
    CHECK(a.duplicates == b.duplicates);
    CHECK(a.late == b.late);
    CHECK(a.too_old == b.too_old);
    CHECK(a.outliers == b.outliers);
    CHECK(a.max_gap == b.max_gap);
    CHECK(std::memcmp(a.loss_periods, b.loss_periods, sizeof a.loss_periods) == 0);
}

} // namespace

TEST_CASE("after the worker has ended the askers read what it left") {
    Bench b(300);
    for (int i = 0; i < 2000; ++i)
        b.burst();
    b.request_slot->close();
    const auto answer = b.request_slot->ask(question(flow::Request::Kind::table_sums), 1ms);
    REQUIRE(answer);
    same_totals(answer->table_sums.sums.links, b.tracker->totals());
    CHECK(answer->table_sums.table.rows == 300);
    CHECK(answer->table_sums.earliest == kStart + 1000);
    CHECK(answer->table_sums.latest == b.now);
    CHECK(answer->table_sums.final.sum() <= answer->table_sums.sums.links.lost);
    REQUIRE(answer->rows.size() == flow::kWorstRows);
    for (std::size_t i = 1; i < answer->rows.size(); ++i)
        CHECK(answer->rows[i - 1].lost >= answer->rows[i].lost);
    CHECK(answer->rows[0].lost > 0);
}

TEST_CASE("pages show each association once, and can be entered anywhere") {
    Bench b(250);
    for (int i = 0; i < 200; ++i)
        b.burst();
    b.request_slot->close();
    std::set<std::uint32_t> seen;
    flow::Request q = question(flow::Request::Kind::page);
    q.limit = 60;
    std::vector<std::size_t> sizes;
    for (bool more = true; more;) {
        const auto page = b.request_slot->ask(q, 1ms);
        REQUIRE(page);
        sizes.push_back(page->rows.size());
        for (const flow::SaSummary& s : page->rows)
            CHECK(seen.insert(s.id.key.spi).second);
        q.row = page->next_row;
        more = page->more;
    }
    CHECK(seen.size() == 250);
    CHECK(sizes == std::vector<std::size_t>{60, 60, 60, 60, 10});

    q.row = 0;
    q.skip = 240;
    const auto tail = b.request_slot->ask(q, 1ms);
    REQUIRE(tail);
    CHECK(tail->rows.size() == 10);
    CHECK(tail->passed == 240);
    CHECK_FALSE(tail->more);

    q.skip = UINT64_MAX;
    const auto beyond = b.request_slot->ask(q, 1ms);
    REQUIRE(beyond);
    CHECK(beyond->rows.empty());
    q.skip = 0;
    q.row = UINT64_MAX;
    q.limit = UINT32_MAX;
    const auto nowhere = b.request_slot->ask(q, 1ms);
    REQUIRE(nowhere);
    CHECK(nowhere->rows.empty());
}

TEST_CASE("holes of one association: what is open, and what the last events tell") {
    Bench b(1);
    const auto track = [&](std::uint32_t n) {
        const wire::Observation o = packet(0, n, b.now += 1000);
        b.tracker->track(&o, 1);
    };
    for (std::uint32_t n : {1u, 2u, 5u, 6u, 4u, 10u})
        track(n);
    b.request_slot->close();
    const auto answer = b.request_slot->ask(about(flow::Request::Kind::holes, 0), 1ms);
    REQUIRE(answer);
    REQUIRE(answer->found);
    CHECK(answer->rows.at(0).lost == 4);
    REQUIRE(answer->open_count == 2);
    CHECK(answer->open.at(0).first == 3);
    CHECK(answer->open.at(0).next == 4);
    CHECK(answer->open.at(1).first == 7);
    CHECK(answer->open.at(1).next == 10);
    CHECK_FALSE(answer->events_missed);
    const auto runs = flow::fold_gaps(answer->events);
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].first_missing == 3);
    CHECK(runs[1].size() == 3);

    CHECK_FALSE(b.request_slot->ask(about(flow::Request::Kind::one, 99), 1ms)->found);
    CHECK_FALSE(b.request_slot->ask(about(flow::Request::Kind::holes, 99), 1ms)->found);
}

TEST_CASE("a worker that does not answer is given up, and answers the next one") {
    Bench b(10);
    b.burst();
    const auto q = question(flow::Request::Kind::table_sums);
    CHECK_FALSE(b.request_slot->ask(q, 5ms)); // nobody serves
    std::atomic<bool> stop{false};
    std::thread worker([&] {
        while (!stop)
            b.request_slot->serve(1); // in the smallest pieces
    });
    const auto answer = b.request_slot->ask(q, 60s);
    stop = true;
    worker.join();
    REQUIRE(answer);
    same_totals(answer->table_sums.sums.links, b.tracker->totals());

    // A question taken but not finished: the worker is held up in the middle of it.
    std::thread held([&] { CHECK_FALSE(b.request_slot->ask(q, 50ms)); });
    for (int i = 0; i < 60; ++i) {
        b.request_slot->serve(0);
        std::this_thread::sleep_for(1ms);
    }
    held.join();
    CHECK_FALSE(b.request_slot->ask(q, 5ms));
    b.request_slot->close();
    CHECK(b.request_slot->ask(q, 5ms));
}

TEST_CASE("many ask while packets flow, rows leave and the run ends") {
    Bench b(600, 256, 40'000); // far more associations than rows: they come and go
    std::atomic<bool> ended{false};
    std::thread worker([&] {
        for (int i = 0; i < 20'000; ++i) {
            b.burst();
            b.request_slot->serve(flow::RequestSlot::kBetweenBursts);
        }
        b.request_slot->close();
        ended = true;
    });
    std::atomic<std::uint64_t> answers{0};
    std::atomic<std::uint64_t> faults{0};
    std::vector<std::thread> askers;
    for (std::uint32_t a = 0; a < 10; ++a) {
        askers.emplace_back([&, a] {
            flow::Totals last;
            std::uint64_t last_final = 0;
            bool again = true;
            while (again) {
                again = !ended; // once more after the end
                const auto table_sums =
                    b.request_slot->ask(question(flow::Request::Kind::table_sums), 60s);
                if (!table_sums) {
                    ++faults;
                    continue;
                }
                const flow::Totals& t = table_sums->table_sums.sums.links;
                if (t.received < last.received || t.bytes < last.bytes || t.flows < last.flows
                    || table_sums->table_sums.final.sum() < last_final
                    || table_sums->table_sums.final.sum() > t.lost + t.recovered)
                    ++faults;
                last = t;
                last_final = table_sums->table_sums.final.sum();
                const auto one = b.request_slot->ask(about(flow::Request::Kind::holes, a), 60s);
                if (!one || (one->found && one->rows.at(0).id.key.spi != a + 1)) ++faults;
                ++answers;
            }
            if (last.received != b.tracker->totals().received) ++faults;
        });
    }
    for (auto& t : askers)
        t.join();
    worker.join();
    CHECK(faults == 0);
    CHECK(answers >= 10);
    const auto end = b.request_slot->ask(question(flow::Request::Kind::table_sums), 1ms);
    REQUIRE(end);
    CHECK(end->table_sums.table.evicted_idle > 0);
    same_totals(end->table_sums.sums.links, b.tracker->totals());
    CHECK(end->table_sums.sums.links.received == 20'000u * wire::kBurst);
}
