// The table never grows past its bound, ages by packet time, and lets no flood push out real SAs.
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "support/esp_packet.hpp"
#include "wire/decode.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

using namespace lacuna;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

std::unique_ptr<flow::Tracker> make(flow::FlowBudget& budget, flow::TrackerConfig config) {
    auto tracker = flow::Tracker::create(config, budget);
    REQUIRE(tracker);
    return std::move(*tracker);
}

void send(flow::Tracker& t, const wire::Observation& o) {
    t.track(&o, 1);
    t.clear_events();
}

} // namespace

TEST_CASE("bounds: a flood of invented SPIs leaves established SAs alone", "[flow]") {
    constexpr std::uint64_t kRows = 4000;
    constexpr std::uint32_t kReal = 1000;
    constexpr std::uint32_t kFlood = 300'000;
    flow::FlowBudget budget(kRows);
    auto t = make(budget, {.max_flows = kRows});
    std::uint32_t number = 0;
    TimeNs time = 0;
    const auto all_real = [&] {
        ++number;
        for (std::uint32_t spi = 1; spi <= kReal; ++spi)
            send(*t, test::esp_packet(spi, number, time += 1000));
    };
    for (int i = 0; i < 20; ++i)
        all_real();
    for (std::uint32_t i = 0; i < kFlood; ++i) {
        send(*t, test::esp_packet(0x10000000 + i, 7, time += 100));
        if (i % 30000 == 0) all_real();
    }
    const flow::TableCounters c = t->counters();
    CHECK(c.rows == kRows);
    CHECK(c.created + c.refused == kReal + kFlood); // every one of them is accounted for
    CHECK(c.evicted_full == c.created - kRows);
    std::uint64_t real = 0;
    flow::SaSummary s;
    for (std::size_t row = 0; row < t->row_limit(); ++row) {
        if (!t->row_used(row)) continue;
        t->summarize(row, s);
        if (s.id.key.spi <= kReal) {
            ++real;
            CHECK(s.received == number);
        }
    }
    CHECK(real == kReal);
    const flow::Totals sum = t->totals();
    CHECK(sum.flows == c.created);
    CHECK(sum.received == std::uint64_t{kReal} * number + kFlood - c.refused);
    CHECK(sum.lost == 0);
}

TEST_CASE("bounds: a table full of established SAs refuses a flood until some have been idle",
          "[flow]") {
    constexpr std::uint32_t kRows = 3000; // more than are looked at for one newcomer
    flow::FlowBudget budget(kRows);
    auto t = make(budget, {.max_flows = kRows});
    TimeNs time = 0;
    for (std::uint32_t number = 1; number <= 16; ++number)
        for (std::uint32_t spi = 1; spi <= kRows; ++spi)
            send(*t, test::esp_packet(spi, number, time += 1000));
    for (std::uint32_t i = 0; i < 50'000; ++i)
        send(*t, test::esp_packet(0x10000000 + i, 7, time += 100));
    CHECK(t->counters().refused == 50'000);
    CHECK(t->counters().evicted_full == 0);

    // One SA stays, the others fall silent: a minute later one newcomer in a few finds a place.
    time += 61 * kSecond;
    send(*t, test::esp_packet(1, 17, time += 1000));
    for (std::uint32_t i = 0; i < 10'000; ++i)
        send(*t, test::esp_packet(0x20000000 + i, 7, time += 100));
    CHECK(t->counters().refused < 50'000 + 100);
    send(*t, test::esp_packet(1, 18, time += 1000));
    CHECK(t->counters().created + t->counters().refused == kRows + 60'000);
    CHECK(t->totals().lost == 0);
}

TEST_CASE("bounds: a row that was to go stays if its SA shows that it lives", "[flow]") {
    flow::FlowBudget budget(4);
    auto t = make(budget, {.max_flows = 4, .events = true});
    TimeNs time = 0;
    for (std::uint32_t spi = 1; spi <= 5; ++spi)
        send(*t, test::esp_packet(spi, 1, time += 1000)); // 5 takes the place of 1; 2 is next
    REQUIRE(t->evicted().size() == 1);
    CHECK(t->evicted()[0].id.key.spi == 1);
    send(*t, test::esp_packet(2, 2, time += 1000)); // now 3 has been idle for longest
    send(*t, test::esp_packet(6, 1, time += 1000));
    REQUIRE(t->evicted().size() == 2);
    CHECK(t->evicted()[1].id.key.spi == 3);
    for (std::uint32_t number = 2; number <= 16; ++number)
        send(*t,
             test::esp_packet(4, number, time += 1000)); // 4, which is next, becomes established
    for (std::uint32_t spi = 7; spi < 40; ++spi)
        send(*t, test::esp_packet(spi, 1, time += 1000));
    for (const flow::SaSummary& s : t->evicted())
        CHECK(s.id.key.spi != 4);
}

TEST_CASE("bounds: ... also where many packets have the same time", "[flow]") {
    flow::FlowBudget budget(4);
    auto t = make(budget, {.max_flows = 4, .events = true});
    for (std::uint32_t number = 1; number <= 16; ++number)
        for (const std::uint32_t spi : {1u, 2u})
            send(*t, test::esp_packet(spi, number, 1000));
    send(*t, test::esp_packet(3, 1, 1000));
    send(*t, test::esp_packet(4, 1, 2000));
    send(*t, test::esp_packet(5, 1, 2000)); // takes the place of 3; 4 is next
    for (std::uint32_t number = 2; number <= 1000; ++number)
        send(*t, test::esp_packet(4, number, 2000));
    send(*t, test::esp_packet(6, 1, 2000));
    REQUIRE(t->evicted().size() == 2);
    CHECK(t->evicted()[0].id.key.spi == 3);
    CHECK(t->evicted()[1].id.key.spi == 5);
}

TEST_CASE("bounds: ageing follows packet time and makes a new row of an SA that comes back",
          "[flow]") {
    flow::FlowBudget budget(100);
    auto t = make(budget, {.max_flows = 100, .idle_timeout = 10 * kSecond, .events = true});
    for (std::uint32_t n = 1; n <= 5; ++n)
        send(*t, test::esp_packet(1, n, n * kSecond));
    send(*t, test::esp_packet(1, 8, 15 * kSecond)); // idle for exactly 10 s: still the same row
    CHECK(t->counters().created == 1);
    CHECK(t->evicted().empty());
    send(*t, test::esp_packet(1, 20, 26 * kSecond)); // 11 s: a new row, no loss in between
    CHECK(t->counters().created == 2);
    REQUIRE(t->evicted().size() == 1);
    CHECK(t->evicted()[0].received == 6);
    CHECK(t->evicted()[0].lost == 2);
    CHECK(t->evicted()[0].evicted == 1);
    t->clear_evicted();
    send(*t, test::esp_packet(2, 1, 30 * kSecond));
    t->finish(38 * kSecond); // SPI 1 is idle for 12 s, SPI 2 for 8 s
    CHECK(t->counters().rows == 1);
    CHECK(t->totals().flows == 3);
    CHECK(t->totals().received == 8);
    CHECK(t->totals().lost == 2);
}

TEST_CASE("bounds: without a side record an SA keeps a memory of 64", "[flow]") {
    flow::FlowBudget budget(100);
    auto t = make(budget, {.window = 1024, .max_flows = 100, .record_memory = 1300});
    for (std::uint32_t spi = 1; spi <= 2; ++spi)
        for (const std::uint32_t n : {1u, 3u, 200u, 2u}) // extent of the last: 198
            send(*t, test::esp_packet(spi, n, 1000));
    CHECK(t->counters().short_memory == 1);
    std::map<std::uint32_t, flow::SaSummary> rows;
    for (std::size_t row = 0; row < t->row_limit(); ++row) {
        flow::SaSummary s;
        t->summarize(row, s);
        rows[s.id.key.spi] = s;
    }
    CHECK(rows[1].late == 1);
    CHECK(rows[1].too_old == 0);
    CHECK(rows[2].late == 0);
    CHECK(rows[2].too_old == 1);
    CHECK(rows[2].lost == rows[1].lost + 1);
}

TEST_CASE("bounds: one budget for all trackers of a run", "[flow]") {
    flow::FlowBudget budget(10);
    auto a = make(budget, {.max_flows = 10});
    auto b = make(budget, {.max_flows = 10});
    for (std::uint32_t i = 0; i < 100; ++i) {
        send(*a, test::esp_packet(1000 + i, 1, 1000 + i));
        send(*b, test::esp_packet(5000 + i, 1, 1000 + i));
        CHECK(a->counters().rows + b->counters().rows <= 10);
    }
    CHECK(a->counters().rows + b->counters().rows == 10);
}

TEST_CASE("bounds: rows can be taken, given back and found again in any order", "[flow]") {
    // The index closes the gap an erased entry leaves; a model of the rows held finds any slip.
    flow::FlowBudget budget(64);
    auto t = make(budget, {.max_flows = 64, .idle_timeout = kSecond});
    std::uint32_t random = 1;
    TimeNs time = 0;
    std::map<std::uint32_t, std::pair<TimeNs, std::uint64_t>> model; // spi -> last, received
    for (int i = 0; i < 200'000; ++i) {
        random = random * 1664525 + 1013904223;
        const std::uint32_t spi = (random >> 16) % 60; // fits: nobody is pushed out
        time += (random >> 8) % 100'000'000;
        send(*t, test::esp_packet(spi, 1, time));
        auto& [last, received] = model[spi];
        if (received != 0 && time - last > kSecond) received = 0;
        last = time;
        ++received;
    }
    flow::SaSummary s;
    std::size_t held = 0;
    for (std::size_t row = 0; row < t->row_limit(); ++row) {
        if (!t->row_used(row)) continue;
        ++held;
        t->summarize(row, s);
        CHECK(s.received == model[s.id.key.spi].second);
        CHECK(s.last_time == model[s.id.key.spi].first);
    }
    CHECK(held > 0);
    CHECK(t->counters().refused == 0);
}

TEST_CASE("bounds: a worker that runs ahead leaves the others their share", "[flow]") {
    constexpr std::uint64_t kRows = 800;
    flow::FlowBudget budget(kRows, 4);
    std::vector<std::unique_ptr<flow::Tracker>> workers;
    for (int i = 0; i < 4; ++i)
        workers.push_back(make(budget, {.max_flows = kRows}));
    TimeNs time = 0;
    for (std::uint32_t i = 0; i < 5000; ++i)
        send(*workers[0], test::esp_packet(0x10000000 + i, 7, time += 100));
    CHECK(budget.share() == 175);
    CHECK(workers[0]->counters().rows == 175 + 100); // its share, and all that is for anyone
    // The others have what is theirs, and real SAs get into it through a flood.
    for (std::size_t w = 1; w < 4; ++w) {
        for (std::uint32_t i = 0; i < 5000; ++i)
            send(*workers[w], test::esp_packet(0x20000000 + i, 7, time += 100));
        for (std::uint32_t number = 1; number <= 20; ++number)
            for (std::uint32_t spi = 1; spi <= 100; ++spi)
                send(*workers[w], test::esp_packet(spi, number, time += 100));
        for (std::uint32_t i = 0; i < 5000; ++i)
            send(*workers[w], test::esp_packet(0x30000000 + i, 7, time += 100));
        CHECK(workers[w]->counters().rows == 175);
        std::uint64_t real = 0;
        flow::SaSummary s;
        for (std::size_t row = 0; row < workers[w]->row_limit(); ++row) {
            if (!workers[w]->row_used(row)) continue;
            workers[w]->summarize(row, s);
            real += s.id.key.spi <= 100 && s.received == 20;
        }
        CHECK(real == 100);
    }
}

TEST_CASE("bounds: a clock set back ends no SA, and what had been idle before it goes", "[flow]") {
    for (const bool idle_before : {false, true}) {
        flow::FlowBudget budget(100);
        auto t = make(budget, {.max_flows = 100, .idle_timeout = 60 * kSecond});
        const auto at = [&](std::uint32_t spi, std::uint32_t number, TimeNs time, TimeNs now) {
            const wire::Observation o = test::esp_packet(spi, number, time);
            t->track(&o, 1, now);
        };
        constexpr TimeNs kFrom = 1000 * kSecond;
        at(1, 1, kFrom, kFrom);
        const TimeNs before = kFrom + (idle_before ? 70 : 50) * kSecond;
        at(2, 1, before, before);
        const TimeNs after = before - 65 * kSecond; // the clock goes back
        for (std::uint32_t number = 2; number < 100; ++number)
            at(2, number, after + number * kSecond / 10, after + number * kSecond / 10);
        CHECK(t->latest() == after + 99 * kSecond / 10);
        CHECK(t->counters().created == 2);
        CHECK(t->counters().evicted_idle == (idle_before ? 1 : 0));
        // Nor does one of another clock within the tolerance move it.
        at(2, 100, after, after);
        CHECK(t->latest() == after + 99 * kSecond / 10);
    }
}

TEST_CASE("bounds: all that is idle at the end is told", "[flow]") {
    constexpr std::uint32_t kRows = 3000;
    flow::FlowBudget budget(kRows);
    auto t = make(budget, {.max_flows = kRows, .idle_timeout = kSecond, .events = true});
    for (std::uint32_t spi = 1; spi <= kRows; ++spi)
        send(*t, test::esp_packet(spi, 1, spi));
    t->finish(10 * kSecond);
    CHECK(t->evicted().size() == kRows);
    CHECK(t->counters().evicted_idle == kRows);
}

TEST_CASE("bounds: the rate goes on after the clock went back", "[flow]") {
    flow::FlowBudget budget(10);
    auto t = make(budget, {.max_flows = 10});
    std::uint32_t number = 0;
    const auto second = [&](TimeNs time, std::uint32_t rate) {
        for (std::uint32_t i = 0; i < rate; ++i) {
            const wire::Observation o = test::esp_packet(1, ++number, time + i * kSecond / rate);
            t->track(&o, 1, o.time);
        }
    };
    for (TimeNs s = 5000; s < 5100; ++s)
        second(s * kSecond, 100);
    for (TimeNs s = 1000; s < 1060; ++s) // more than an hour back
        second(s * kSecond, 10);
    flow::SaSummary sa;
    t->summarize(*t->find(test::esp_packet(1, 1, 0).identity(), test::esp_packet(1, 1, 0).hash),
                 sa);
    REQUIRE(sa.rate_ns != 0);
    const double rate =
        static_cast<double>(sa.rate_numbers) * 1e9 / static_cast<double>(sa.rate_ns);
    CHECK(rate > 9.5);
    CHECK(rate < 10.5);
}

TEST_CASE("bounds: an SA that an earlier run left goes on, what passed between is blind",
          "[flow]") {
    flow::FlowBudget budget(100);
    auto t = make(budget, {.max_flows = 100, .events = true});
    const auto identity = [](std::uint32_t spi) { return test::esp_packet(spi, 1, 0).identity(); };
    std::vector<flow::LeftBehind> left = {{identity(3), 500},
                                          {identity(1), 1000},
                                          {identity(2), 70'000},
                                          {identity(4), (Seq64{1} << 32) + 10}};
    std::sort(left.begin(), left.end(), flow::LeftBehind::before);
    t->take_up(left);
    const auto summary = [&](std::uint32_t spi) {
        flow::SaSummary s;
        t->summarize(*t->find(identity(spi), test::esp_packet(spi, 1, 0).hash), s);
        return s;
    };
    // Far ahead, and at once; then loss of the link's own.
    for (const std::uint32_t number : {300'001u, 300'002u, 300'005u})
        send(*t, test::esp_packet(1, number, 100 * kSecond));
    flow::SaSummary s = summary(1);
    CHECK(s.first_ext == 1001);
    CHECK(s.received == 3);
    CHECK(s.lost == 300'000 - 1000 + 2);
    CHECK(s.lost_blind == 300'000 - 1000);
    CHECK(s.lost_doubtful == 0);
    CHECK(s.outliers == 0);
    // The very next number: nothing was missed.
    send(*t, test::esp_packet(3, 501, 100 * kSecond));
    CHECK(summary(3).lost == 0);
    CHECK(summary(3).first_ext == 501);
    // It began again meanwhile: a new beginning.
    send(*t, test::esp_packet(2, 1, 100 * kSecond));
    CHECK(summary(2).first_ext == 1);
    CHECK(summary(2).lost == 0);
    // The high half is known from the run before.
    send(*t, test::esp_packet(4, 12, 100 * kSecond));
    CHECK(summary(4).highest_ext == (Seq64{1} << 32) + 12);
    CHECK(summary(4).lost_blind == 1);
    // One the run before did not know.
    send(*t, test::esp_packet(9, 77, 100 * kSecond));
    CHECK(summary(9).first_ext == 77);
    CHECK(t->taken_up().sas == 3);
    CHECK(t->taken_up().missing == 300'000 - 1000 + 1);
}
