// What the source lost itself is blind, a long span no more of it than it reports.
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "support/esp_packet.hpp"

#include <memory>

using namespace lacuna;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

struct Sa {
    flow::Tracker& tracker;
    std::uint32_t spi = 0x1000;

    void packet(std::uint32_t number, TimeNs at) {
        const wire::Observation o = test::esp_packet(spi, number, at);
        tracker.track(&o, 1);
    }
    /// So many in order behind the last of these, a microsecond apart.
    void run(std::uint32_t count) {
        for (; count != 0; --count)
            packet(++last, time += 1000);
    }

    std::uint32_t last = 0;
    TimeNs time = kSecond;
};

std::unique_ptr<flow::Tracker> make(flow::FlowBudget& budget) {
    auto tracker = flow::Tracker::create({}, budget);
    REQUIRE(tracker);
    return std::move(*tracker);
}

} // namespace

TEST_CASE("drops: a short span makes blind whatever it overlaps", "[flow]") {
    flow::FlowBudget budget(1 << 10);
    const auto t = make(budget);
    Sa sa{*t};
    sa.packet(1, 1 * kSecond);
    sa.packet(11, 2 * kSecond); // 9 lost before the drops
    t->report_drops({3 * kSecond, 13 * kSecond, 2});
    sa.packet(21, 12 * kSecond); // 9, although only 2 drops were reported
    sa.packet(22, 14 * kSecond);
    sa.packet(25, 15 * kSecond);
    CHECK(t->totals().lost == 9 + 9 + 2);
    CHECK(t->totals().lost_blind == 9);
}

TEST_CASE("drops: a jump that was waited for is blind as well", "[flow]") {
    flow::FlowBudget budget(1 << 10);
    const auto t = make(budget);
    Sa sa{*t};
    sa.run(1000);
    for (const std::uint32_t jump : {600u, 1023u, 1024u, 1200u, 5000u}) {
        const TimeNs before = sa.time;
        t->report_drops({before + 10, before + kSecond, jump});
        sa.time += kSecond + 10;
        sa.last += jump;
        sa.run(500);
    }
    CHECK(t->totals().lost == 600 + 1023 + 1024 + 1200 + 5000);
    CHECK(t->totals().lost_blind == t->totals().lost);
}

TEST_CASE("drops: a long span makes no more numbers blind than it reports", "[flow]") {
    flow::FlowBudget budget(1 << 10);
    const auto t = make(budget);
    const auto other = make(budget); // of the same run: what one takes the other has not
    for (const auto& each : {&t, &other}) {
        (*each)->report_drops({1 * kSecond, 61 * kSecond, 10});
        (*each)->report_drops({70 * kSecond, 90 * kSecond, kUnknownDrops});
    }
    Sa sa{*t};
    Sa far{*other, 0x2000};
    sa.packet(1, 1 * kSecond);
    far.packet(1, 1 * kSecond);
    sa.packet(8, 2 * kSecond);    // 6: blind, 4 left
    far.packet(7, 3 * kSecond);   // 5: more than is left
    far.packet(11, 4 * kSecond);  // 3: blind, 1 left
    sa.packet(10, 5 * kSecond);   // 1: blind, none left
    sa.packet(12, 6 * kSecond);   // 1
    far.packet(12, 65 * kSecond); // in order; where nothing is missing nothing is taken
    sa.packet(13, 66 * kSecond);
    sa.packet(113, 80 * kSecond); // nobody knows how many: all
    CHECK(t->totals().lost_blind == 6 + 1 + 99);
    CHECK(t->totals().lost == 6 + 1 + 1 + 99);
    CHECK(other->totals().lost_blind == 3);
    CHECK(other->totals().lost == 5 + 3);
}

TEST_CASE("drops: more spans than are remembered become one", "[flow]") {
    flow::FlowBudget budget(1 << 10);
    const auto t = make(budget);
    Sa sa{*t};
    sa.packet(1, 0);
    for (TimeNs i = 1; i <= 40; ++i)
        t->report_drops({i * 10, i * 10 + 1, 1});
    sa.packet(3, 11); // overlaps the oldest of them
    CHECK(t->totals().lost_blind == 1);
}

TEST_CASE("drops: what was merged since explains a jump that waited", "[flow]") {
    flow::FlowBudget budget(1 << 10);
    const auto t = make(budget);
    Sa sa{*t};
    sa.run(100);
    t->report_drops({sa.time + 10, sa.time + 1000, 1500});
    sa.last += 1500;
    for (int i = 0; i < 100; ++i) { // one more report before each packet, none of them near
        sa.run(1);
        t->report_drops({sa.time - kSecond / 2, sa.time - kSecond / 2 + 1, 1});
    }
    sa.run(2000);
    CHECK(t->totals().lost == 1500);
    CHECK(t->totals().lost_blind == 1500);
}

TEST_CASE("drops: an allowance is taken once, and of the span it belongs to", "[flow]") {
    flow::DropAllowance a;
    CHECK_FALSE(a.take(0, 1));
    a.open(0, 5);
    CHECK(a.take(0, 3));
    a.open(0, 5); // another tracker hears of it
    CHECK_FALSE(a.take(0, 3));
    CHECK(a.take(0, 2));
    CHECK_FALSE(a.take(0, 1));
    a.open(flow::DropAllowance::kSpans, 7); // in the same place, later
    CHECK_FALSE(a.take(0, 1));
    a.open(0, 5); // one that is behind
    CHECK(a.take(flow::DropAllowance::kSpans, 7));
    a.open(1, UINT64_MAX - 1);
    CHECK(a.take(1, flow::DropAllowance::kMost));
}
