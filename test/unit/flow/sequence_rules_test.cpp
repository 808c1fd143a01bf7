// doc/semantics.md rule by rule: numbers in, verdicts out. Each case can be followed with a pencil.
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "wire/decode.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace lacuna;

namespace {

const wire::HashKey kKey = wire::HashKey::fixed(3);

using Numbers = std::vector<std::uint32_t>;

/// `n` numbers from `first` on.
Numbers run(std::uint32_t first, std::size_t n) {
    Numbers out;
    while (n-- > 0)
        out.push_back(first++);
    return out;
}

Numbers operator+(Numbers a, const Numbers& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

wire::Observation packet(std::uint32_t number, TimeNs time, Protocol protocol = Protocol::esp,
                         std::uint8_t an = 0) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id.key.protocol = protocol;
    o.id.key.an = an & 3;
    o.id.key.spi = protocol == Protocol::macsec ? 0 : 0x1001;
    o.seq = number;
    o.time = time;
    o.bytes = 100;
    o.hash = wire::identity_hash(o.id, kKey);
    return o;
}

struct Tracked {
    flow::FlowBudget budget{1 << 12};
    std::unique_ptr<flow::Tracker> tracker;

    explicit Tracked(std::uint32_t window, std::uint64_t max_flows = 1 << 12) : budget(max_flows) {
        flow::TrackerConfig config;
        config.window = window;
        config.max_flows = max_flows;
        tracker = std::move(*flow::Tracker::create(config, budget));
    }
    flow::SaSummary row(std::size_t i = 0) const {
        flow::SaSummary s;
        tracker->summarize(i, s);
        return s;
    }
};

flow::SaSummary track(const Numbers& numbers, std::uint32_t window = 64) {
    Tracked t(window);
    TimeNs time = 0;
    for (const std::uint32_t n : numbers) {
        const wire::Observation o = packet(n, time += 1000);
        t.tracker->track(&o, 1);
    }
    return t.row();
}

struct Expected {
    std::uint64_t lost = 0, gaps = 0, max_gap = 0, duplicates = 0, late = 0, extent = 0,
                  too_old = 0, before_first = 0, outliers = 0, restarts = 0;
};

struct Case {
    const char* rule;
    Numbers numbers;
    Expected want;
    Seq64 highest;
};

void check(const std::vector<Case>& cases, std::uint32_t window = 64) {
    int number = 0;
    for (const Case& c : cases) {
        ++number;
        CAPTURE(number, c.rule);
        const flow::SaSummary s = track(c.numbers, window);
        CHECK(s.received == c.numbers.size());
        CHECK(s.lost == c.want.lost);
        CHECK(s.gaps == c.want.gaps);
        CHECK(s.max_gap == c.want.max_gap);
        CHECK(s.duplicates == c.want.duplicates);
        CHECK(s.late == c.want.late);
        CHECK(s.max_late_extent == c.want.extent);
        CHECK(s.too_old == c.want.too_old);
        CHECK(s.before_first == c.want.before_first);
        CHECK(s.outliers == c.want.outliers);
        CHECK(s.restarts == c.want.restarts);
        CHECK(s.highest_ext == c.highest);
    }
}

constexpr Seq64 k2to32 = Seq64{1} << 32;
} // namespace

TEST_CASE("rules: order, loss, late packets and duplicates", "[rules]") {
    check({
        {"in order", {1, 2, 3}, {}, 3},
        {"joining mid-stream is not loss", {500, 501}, {}, 501},
        {"a hole", {1, 2, 5}, {.lost = 2, .gaps = 1, .max_gap = 2}, 5},
        {"a late packet is not lost", {1, 3, 2, 4}, {.late = 1, .extent = 1}, 4},
        {"a hole shrinks",
         {1, 2, 5, 4, 6, 9, 10},
         {.lost = 3, .gaps = 2, .max_gap = 2, .late = 1, .extent = 1},
         10},
        {"a hole splits",
         {1, 7, 4},
         {.lost = 4, .gaps = 2, .max_gap = 2, .late = 1, .extent = 3},
         7},
        {"a hole closes from both ends", {1, 4, 2, 3}, {.late = 2, .extent = 2}, 4},
        {"a duplicate", {1, 2, 2, 3}, {.duplicates = 1}, 3},
        {"a late packet twice", {1, 3, 2, 2}, {.duplicates = 1, .late = 1, .extent = 1}, 3},
        {"below the first: no loss changes", {10, 11, 9, 12}, {.before_first = 1}, 12},
        {"number 0 is a number", {0, 1, 3}, {.lost = 1, .gaps = 1, .max_gap = 1}, 3},
    });
}

TEST_CASE("rules: the memory of W numbers", "[rules]") {
    check({
        // 66 - 3 = 63 < 64: still remembered.
        {"extent W - 1 is late",
         {1, 2, 66, 3},
         {.lost = 62, .gaps = 1, .max_gap = 62, .late = 1, .extent = 63},
         66},
        // 66 - 2 = 64: beyond; whether 2 was seen nobody knows.
        {"extent W is too old",
         {1, 3, 66, 2},
         {.lost = 63, .gaps = 2, .max_gap = 62, .too_old = 1},
         66},
        {"too old changes neither lost nor gaps",
         {1, 100, 200, 10},
         {.lost = 197, .gaps = 2, .max_gap = 99, .too_old = 1},
         200},
        {"a run that straddles the edge of the memory stays one",
         {1, 100, 101},
         {.lost = 98, .gaps = 1, .max_gap = 98},
         101},
        {"and is split inside it",
         {1, 100, 70, 101},
         {.lost = 97, .gaps = 2, .max_gap = 68, .late = 1, .extent = 30},
         101},
    });
    const flow::SaSummary wide = track({1, 2, 1025, 3}, 1024);
    CHECK(wide.late == 1);
    CHECK(wide.max_late_extent == 1022);
}

/// What lies between a hole and the packet that asks for it came in order, far from each other and
/// across numbers whose low half is zero.
TEST_CASE("rules: a hole stays in the memory for W - 1 numbers in order", "[rules]") {
    for (const std::uint32_t window : {64u, 192u, 1024u, 65536u})
        for (const std::uint32_t first :
             {0u, 100u, 0x10000u - 70, 0x10000u - 2, 0x10000u, 0xFFFFFFC0u, 0xBFFFFFF0u}) {
            CAPTURE(window, first);
            const Numbers hole = {first, first + 2}; // first + 1 is missing
            const Numbers kept = hole + run(first + 3, window - 2) + Numbers{first + 1};
            const flow::SaSummary late = track(kept, window);
            CHECK(late.late == 1);
            CHECK(late.max_late_extent == window - 1);
            CHECK(late.lost == 0);
            CHECK(late.gaps == 0);
            CHECK(late.loss_periods[0] == 0);

            const Numbers left = hole + run(first + 3, window - 1) + Numbers{first + 1};
            const flow::SaSummary gone = track(left + run(first + window + 2, 10), window);
            CHECK(gone.too_old == 1);
            CHECK(gone.lost == 1);
            CHECK(gone.gaps == 1);
            CHECK(gone.max_gap == 1);
            CHECK(gone.loss_periods[0] == 1);
            CHECK(gone.received == left.size() + 10);

            // The next hole follows it, and keeps its distance.
            const std::uint32_t next = first + window + 12;
            const flow::SaSummary two =
                track(hole + run(first + 3, window + 9) + run(next + 1, 2 * window), window);
            CHECK(two.lost == 2);
            CHECK(two.loss_periods[0] == 2);
            CHECK(two.loss_distances[log2_bucket(window + 11)] == 1);
        }
}

TEST_CASE("rules: from 32 bits to 64", "[rules]") {
    check({
        {"a plain wrap", {0xFFFFFFFE, 0xFFFFFFFF, 0, 1}, {}, k2to32 + 1},
        {"number 0 skipped, then loss behind the wrap",
         {0xFFFFFFFF, 1, 2, 3, 6, 7},
         {.lost = 3, .gaps = 2, .max_gap = 2},
         k2to32 + 7},
        {"a hole across the wrap",
         {0xFFFFFFFE, 2},
         {.lost = 3, .gaps = 1, .max_gap = 3},
         k2to32 + 2},
        {"late across the wrap",
         {0xFFFFFFFE, 0, 0xFFFFFFFF, 1},
         {.late = 1, .extent = 1},
         k2to32 + 1},
        {"below an unknown high half: before the first", {2, 0xFFFFFFFF}, {.before_first = 1}, 2},
        {"exactly 2^31 away counts backwards", {5, 5 + (1u << 31)}, {.before_first = 1}, 5},
    });
}

TEST_CASE("rules: branches above", "[rules]") {
    check(
        {
            {"one forged number", {1, 2, 1000000, 3, 4}, {.outliers = 1}, 4},
            {"nothing follows it", {1, 2, 1000000}, {.outliers = 1}, 2},
            {"1,024 above fits", {1, 1025, 1026}, {.lost = 1023, .gaps = 1, .max_gap = 1023}, 1026},
            {"one packet shows a jump within 65,536",
             {1, 65537},
             {.lost = 65535, .gaps = 1, .max_gap = 65535},
             65537},
            {"beyond it two are needed", {1, 65538}, {.outliers = 1}, 1},
            {"and two are enough",
             {1, 100001, 100002},
             {.lost = 99999, .gaps = 1, .max_gap = 99999},
             100002},
            {"three that go on fold it back", {1, 2, 5000, 3, 4, 5}, {.outliers = 1}, 5},
            {"two do not",
             {1, 2, 5000, 3, 4},
             {.lost = 4997, .gaps = 1, .max_gap = 4997, .too_old = 2},
             5000},
            {"two forged numbers", Numbers{1, 100001, 100002} + run(2, 4), {.outliers = 2}, 5},
            {"what may be a beginning across the wrap is not believed alone",
             run(0xFFFFF000, 100) + Numbers{1} + run(0xFFFFF064, 10),
             {.outliers = 1},
             0xFFFFF06D},
        },
        1024);
}

TEST_CASE("rules: restarts", "[rules]") {
    check(
        {
            {"three from 1", run(1, 10) + Numbers{1, 2, 3}, {.restarts = 1}, 3},
            {"three from 0", run(0, 10) + Numbers{0, 1, 2}, {.restarts = 1}, 2},
            {"two are not enough", run(1, 10) + Numbers{1, 2}, {.duplicates = 2}, 10},
            {"three from 2 are duplicates", run(1, 10) + Numbers{2, 3, 4}, {.duplicates = 3}, 10},
            {"three that skip open holes in the new instance",
             run(1, 30) + Numbers{1, 3, 6},
             {.lost = 3, .gaps = 2, .max_gap = 2, .restarts = 1},
             6},
            {"a step of 17 breaks the run", run(1, 30) + Numbers{1, 2, 19}, {.duplicates = 3}, 30},
            {"eight from 64", run(64, 30) + run(64, 8), {.restarts = 1}, 71},
            {"eight from 65 are duplicates", run(64, 30) + run(65, 8), {.duplicates = 8}, 93},
            {"seven from 64 are duplicates", run(64, 30) + run(64, 7), {.duplicates = 7}, 93},
            {"64 from anywhere", run(1000, 100) + run(500, 64), {.restarts = 1}, 563},
            {"63 from anywhere are before the first",
             run(1000, 100) + run(300, 63),
             {.before_first = 63},
             1099},
            {"three below the first", run(40, 20) + Numbers{1, 2, 3}, {.restarts = 1}, 3},
            {"a sender that goes on only in the first half of them",
             run(1, 10) + Numbers{1, 11, 2, 12, 3, 13},
             {.restarts = 1},
             3},
            {"a replayed beginning",
             run(1, 200) + run(1, 20) + run(201, 11),
             {.duplicates = 20},
             211},
            {"three that go on are enough",
             run(1, 200) + run(1, 20) + run(201, 3),
             {.duplicates = 20},
             203},
            {"a stretch from the middle", run(1, 200) + run(150, 12), {.duplicates = 12}, 200},
            {"repetitions at once", {1, 1, 2, 2, 3, 3}, {.duplicates = 3}, 3},
            {"far below, not from a beginning: two are forged",
             {0x90000000, 0x90000001, 500, 501},
             {.outliers = 2},
             0x90000001},
            {"64 of them are a restart", run(0x90000000, 2) + run(500, 64), {.restarts = 1}, 563},
            {"across the wrap two from 1", run(0x90000000, 10) + Numbers{1, 2}, {.restarts = 1}, 2},
        },
        1024);
}

TEST_CASE("rules: figures over instances", "[rules]") {
    // 1005 1006 1009 1010 | 0 1 2 5 6 ...: holes of both instances add up.
    const flow::SaSummary s = track(Numbers{1005, 1006, 1009, 1010} + run(0, 3) + run(5, 70), 1024);
    CHECK(s.first_ext == 1005);
    CHECK(s.restarts == 1);
    CHECK(s.lost == 4);
    CHECK(s.highest_ext == 74);
    CHECK(s.received == 77);
}

TEST_CASE("rules: rekeys", "[rules]") {
    Tracked t(64);
    TimeNs time = 0;
    const auto send = [&](std::uint8_t an, std::uint32_t number) {
        const wire::Observation o = packet(number, time += 1000, Protocol::macsec, an);
        t.tracker->track(&o, 1);
    };
    for (std::uint32_t n = 1; n <= 100; ++n)
        send(0, n);
    CHECK(t.tracker->totals().rekeys == 0);
    send(1, 1); // a second AN: active once three of it come in a row
    send(0, 102);
    send(1, 2);
    send(1, 2); // a repetition is left aside
    send(1, 3);
    CHECK(t.tracker->totals().rekeys == 0);
    send(0, 101); // a straggler
    send(1, 4);
    send(1, 5);
    CHECK(t.tracker->totals().rekeys == 0);
    send(1, 6);
    CHECK(t.tracker->totals().rekeys == 1);
    for (std::uint32_t n = 103; n <= 105; ++n)
        send(0, n); // AN 0 has been active: it is not again, unless it begins again
    CHECK(t.tracker->totals().rekeys == 1);
    CHECK(t.row(0).late == 1);
    CHECK(t.row(0).restarts == 0);
    for (std::uint32_t n = 7; n <= 200; ++n)
        send(1, n);
    for (std::uint32_t n = 1; n <= 3; ++n)
        send(0, n); // a new key under the old AN
    t.tracker->finish(time);
    CHECK(t.tracker->totals().rekeys == 2);
    CHECK(t.row(0).restarts == 1);
    CHECK(t.row(0).reused_ans == 1);
    CHECK(t.row(0).highest_ext == 3);

    const std::vector<flow::Event> events = t.tracker->notable();
    REQUIRE(events.size() == 3);
    CHECK(events[0].kind == flow::EventKind::rekey);
    CHECK(events[0].aux == 0);       // from AN 0,
    CHECK(events[0].a == 102);       // whose last number was 102,
    CHECK(events[0].id.key.an == 1); // to AN 1,
    CHECK(events[0].b == 1);         // which began with 1
    CHECK(events[1].kind == flow::EventKind::restart);
    CHECK(events[1].a == 105);
    CHECK(events[1].b == 1);
    CHECK(events[2].kind == flow::EventKind::rekey);
}

TEST_CASE("rules: exhaustion is told once, at the line", "[rules]") {
    Tracked t(64);
    for (std::uint32_t i = 0; i < 20; ++i) {
        const wire::Observation o = packet(0xC0000000u - 10 + i, 1000 * i);
        t.tracker->track(&o, 1);
    }
    const std::vector<flow::Event> events = t.tracker->notable();
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == flow::EventKind::exhaustion);
    CHECK(events[0].a == 0xC0000000);
}

TEST_CASE("rules: exhaustion is told once, with numbers missing in the memory", "[rules]") {
    for (const std::uint32_t window : {64u, 1024u, 65536u}) {
        Tracked t(window);
        std::uint32_t i = 0;
        for (const std::uint32_t n : Numbers{0xC0000000u - 30} + run(0xC0000000u - 28, 100)) {
            const wire::Observation o = packet(n, 1000 * ++i);
            t.tracker->track(&o, 1);
        }
        CAPTURE(window);
        const std::vector<flow::Event> events = t.tracker->notable();
        REQUIRE(events.size() == 1);
        CHECK(events[0].a == 0xC0000000);
        CHECK(t.row().lost == 1);
    }
}

TEST_CASE("rules: a large memory, behind the numbers that are known at once", "[rules]") {
    const Numbers two_late = run(1, 3475) + run(3546, 954) + run(4570, 431);
    check({{"one late stretch stands for no other, 1,024 above",
            two_late + run(3476, 70) + run(4500, 70),
            {.late = 140, .extent = 1524},
            5000},
           {"a counter begins out of order, by more than 1,024",
            {2115, 64, 65, 68, 69, 78, 96, 136, 208},
            {.before_first = 8},
            2115}},
          8192);
    // 219 to 226 make a counter of their own; 1, 5, 6 begin it again before it has a row.
    Tracked t(8192);
    std::uint64_t sent = 0;
    for (const std::uint32_t n : Numbers{670, 1} + run(157, 70) + run(1135, 3) + run(5, 2)) {
        const wire::Observation o = packet(n, static_cast<TimeNs>(++sent) * 1000);
        t.tracker->track(&o, 1);
        REQUIRE(t.tracker->totals().received == sent);
    }
    t.tracker->finish(static_cast<TimeNs>(sent) * 1000);
    CHECK(t.tracker->totals().received == sent);
    CHECK(t.tracker->totals().restarts == 1);
}
