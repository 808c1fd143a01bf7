// Small runs of one SA against what a person enumerates by hand.
#include "pcapgen/sender/channels.hpp"
#include "pcapgen/sender/sa_sender.hpp"

#include "catch.hpp"

#include <algorithm>
#include <string>

using namespace lacuna::pcapgen;

namespace {

/// One SA that sends `frames` frames in all.
struct Run {
    explicit Run(const Impairments& impairments, std::uint64_t frames, std::uint64_t first = 1)
        : budget(frames) {
        sa.first = sa.next = first;
        sa.owed = 1;
        budget.owe(1);
        if (impairments.special()) rare.resize(1);
        if (!impairments.skews.empty()) paths.resize(1);
        SaSender sender(impairments, 5, budget, events, rare, paths);
        Prng rng(5, 0);
        while (budget.left() != 0) {
            numbers.push_back(sender.next(sa, 0, rng.next32()));
            budget.spend();
        }
        owed = sender.owed(sa, 0);
    }

    Budget budget;
    Events events;
    SaState sa;
    std::vector<RareState> rare;
    std::vector<PathState> paths;
    std::vector<std::uint64_t> numbers;
    std::uint32_t owed = 0;
};

using Numbers = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("pcapgen: an SA without impairments counts up", "[pcapgen]") {
    const Run run({}, 4, 0xFFFFFFFE);
    CHECK(run.numbers == Numbers{0xFFFFFFFE, 0xFFFFFFFF, 0x100000000, 0x100000001});
    CHECK(run.sa.received == 4);
    CHECK(run.sa.lost == 0);
}

TEST_CASE("pcapgen: each gap has a sent number before and behind", "[pcapgen]") {
    Impairments im;
    im.gap = kAlways;
    im.gap_size = {2, 2};
    const Run run(im, 4);
    CHECK(run.numbers == Numbers{1, 4, 7, 10});
    CHECK(run.sa.lost == 6);
    CHECK(run.sa.gaps == 3);
    CHECK(run.sa.max_gap == 2);
}

TEST_CASE("pcapgen: a packet held back comes after its extent, or is not held", "[pcapgen]") {
    Impairments im;
    im.reorder = kAlways;
    im.reorder_extent = {2, 2};
    struct Case {
        std::uint64_t frames;
        Numbers numbers;
        std::uint32_t late;
    };
    const Case cases[] = {{1, {1}, 0},
                          {3, {1, 2, 3}, 0},
                          {4, {1, 3, 4, 2}, 1},
                          {6, {1, 3, 4, 2, 5, 6}, 1},
                          {7, {1, 3, 4, 2, 6, 7, 5}, 2}};
    for (const Case& c : cases) {
        INFO(c.frames << " frames");
        const Run run(im, c.frames);
        CHECK(run.numbers == c.numbers);
        CHECK(run.sa.late == c.late);
        CHECK(run.sa.max_late_extent == (c.late != 0 ? 2 : 0));
        CHECK(run.sa.next - 1 == *std::max_element(c.numbers.begin(), c.numbers.end()));
        CHECK(run.owed == 0);
    }
}

TEST_CASE("pcapgen: a number is repeated after the distance asked for", "[pcapgen]") {
    Impairments im;
    im.duplicate = kAlways;
    im.duplicate_distance = {1, 1};
    const Run run(im, 9);
    CHECK(run.numbers == Numbers{1, 2, 3, 2, 4, 5, 4, 6, 7});
    CHECK(run.sa.duplicates == 2);
    im.duplicate_distance = {0, 0};
    const Run at_once(im, 6);
    CHECK(at_once.numbers == Numbers{1, 2, 2, 3, 3, 4});
    CHECK(at_once.sa.duplicates == 2);
}

TEST_CASE("pcapgen: loss in two states", "[pcapgen]") {
    Impairments im;
    im.burst_enter = im.burst_leave = kAlways;
    const Run run(im, 4);
    CHECK(run.numbers == Numbers{1, 3, 5, 7});
    CHECK(run.sa.lost == 3);
    CHECK(run.sa.gaps == 3);
    im.burst_leave = 1; // practically never: the longest run ends it
    const Run bound(im, 2);
    CHECK(bound.numbers == Numbers{1, 2 + kLongestGap});
    CHECK(bound.sa.max_gap == kLongestGap);
}

TEST_CASE("pcapgen: equal paths keep the order, unequal ones count every overtaken packet",
          "[pcapgen]") {
    Impairments im;
    im.skews = {3};
    const Run even(im, 200);
    CHECK(std::is_sorted(even.numbers.begin(), even.numbers.end()));
    CHECK(even.sa.late == 0);

    im.skews = {0, 7, 63};
    const Run run(im, 5000);
    std::uint64_t highest = 0;
    std::uint64_t late = 0;
    std::uint64_t extent = 0;
    for (const std::uint64_t n : run.numbers) {
        if (n < highest) {
            ++late;
            extent = std::max(extent, highest - n);
        }
        highest = std::max(highest, n);
    }
    CHECK(late > 1000);
    CHECK(run.sa.late == late);
    CHECK(run.sa.max_late_extent == extent);
    CHECK(extent <= kLongestSkew);
    CHECK(highest == run.numbers.size()); // nothing was left on its way
    CHECK(run.numbers.front() == 1);
    CHECK(run.sa.next - 1 == highest);
}

TEST_CASE("pcapgen: a forged number stands alone", "[pcapgen]") {
    Impairments im;
    im.outlier = kAlways;
    const Run run(im, 5);
    CHECK(run.numbers[0] == 1);
    CHECK(run.numbers[1] > 1 + 65536);
    CHECK(run.numbers[2] == 2);
    CHECK(run.numbers[3] > 2 + 65536);
    CHECK(run.numbers[4] == 3);
    CHECK(run.rare[0].outliers == 2);
    CHECK(run.sa.lost == 0);
}

TEST_CASE("pcapgen: a restart comes when a listener can tell, and is clean", "[pcapgen]") {
    Impairments im;
    im.restart = kAlways;
    constexpr std::uint64_t kEach = 4097; // by then it has long decided about the one before
    const Run run(im, 2 * kEach + 3);
    Numbers expected;
    for (int instance = 0; instance < 2; ++instance)
        for (std::uint64_t n = 1; n <= kEach; ++n)
            expected.push_back(n);
    expected.insert(expected.end(), {1, 2, 3});
    CHECK(run.numbers == expected);
    CHECK(run.rare[0].restarts == 2);
    REQUIRE(run.events.list().size() == 2);
    CHECK(run.events.list()[0].old_number == kEach);
    CHECK(run.events.list()[1].old_number == kEach);
    CHECK(run.events.list()[1].number == 1);
    CHECK(run.sa.lost == 0);

    // Two packets short of a run, the end of the capture would hide it.
    CHECK(Run(im, kEach + 2).rare[0].restarts == 0);
    CHECK(Run(im, kEach + 3).rare[0].restarts == 1);
}

TEST_CASE("pcapgen: a replay repeats what was heard, too old beyond the window", "[pcapgen]") {
    Impairments im;
    im.replay = kAlways / 50;
    im.replay_back = {10, 200};
    im.replay_length = {5, 20};
    im.window = 64;
    const Run run(im, 20000);
    std::uint64_t highest = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t too_old = 0;
    for (const std::uint64_t n : run.numbers) {
        if (n <= highest) {
            CHECK(n >= 65);
            ++(highest - n >= 64 ? too_old : duplicates);
        }
        highest = std::max(highest, n);
    }
    CHECK(duplicates > 100);
    CHECK(too_old > 100);
    CHECK(run.sa.duplicates == duplicates);
    CHECK(run.rare[0].too_old == too_old);
    CHECK(run.sa.received == 20000);
}

TEST_CASE("pcapgen: the warning line is noted once", "[pcapgen]") {
    Impairments im;
    im.watch_exhaustion = true;
    const Run run(im, 10, kExhaustionLine - 3);
    REQUIRE(run.events.list().size() == 1);
    CHECK(run.events.list()[0].kind == TruthEventKind::exhaustion);
    CHECK(run.events.list()[0].number == kExhaustionLine);
}

TEST_CASE("pcapgen: keys rotate through the ANs", "[pcapgen]") {
    const Impairments im;
    Budget budget(3000);
    Events events;
    std::vector<SaState> sas(kAns);
    std::vector<RareState> rare(kAns);
    SaSender sender(im, 1, budget, events, rare, {});
    Channels channels(0, 1, 200, {3, 3}, 1, events);
    std::vector<std::string> around; // of the first rekey, as "an:number"
    for (int i = 0; i < 3000; ++i) {
        std::uint32_t sa = 0;
        const std::uint64_t number = channels.next(sender, sas, 0, 0xFFFFFFFF, sa);
        if (events.list().size() == 1 && around.size() < 7)
            around.push_back(std::to_string(sa) + ":" + std::to_string(number));
    }
    REQUIRE(events.list().size() > 8);
    const TruthEvent first = events.list()[0];
    CHECK(first.kind == TruthEventKind::rekey);
    CHECK(first.old_sa == 0);
    CHECK(first.sa == 1);
    CHECK(first.number == 1);
    // What the old one ended with: the last of three stragglers.
    const auto old = [&](std::uint64_t k) {
        return "0:" + std::to_string(first.old_number - 3 + k);
    };
    CHECK(around == std::vector<std::string>{"1:1", old(1), "1:2", old(2), "1:3", old(3), "1:4"});
    CHECK(sas[3].received != 0);
    CHECK(rare[0].restarts >= 1); // its AN came again, with number 1
    const auto rekeys = std::count_if(events.list().begin(), events.list().end(),
                                      [](auto& e) { return e.kind == TruthEventKind::rekey; });
    CHECK(channels.rekeys(0) == static_cast<std::uint32_t>(rekeys));
}
