// Events of a row folded into its gaps: one numbered table.
#include "catch.hpp"
#include "flow/gap_fold.hpp"

using namespace lacuna;
using namespace lacuna::flow;

namespace {

constexpr TimeNs kRow = 1000;

Event event(EventKind kind, std::uint32_t instance, Seq64 a, Seq64 b, std::uint8_t flags = 0,
            TimeNs time = kRow) {
    Event e{};
    e.row = kRow;
    e.kind = kind;
    e.instance = instance;
    e.a = a;
    e.b = b;
    e.flags = flags;
    e.time = time;
    return e;
}
Event open(Seq64 first, Seq64 next, std::uint32_t instance = 0, std::uint8_t flags = 0,
           TimeNs time = kRow) {
    return event(EventKind::hole_opened, instance, first, next, flags, time);
}
Event fill(Seq64 n, std::uint32_t instance = 0, std::uint8_t flags = 0) {
    return event(EventKind::hole_filled, instance, n, 1, flags);
}
Event restart(std::uint32_t instance) {
    return event(EventKind::restart, instance, 500, 1);
}
Event undone(std::uint32_t instance) {
    return event(EventKind::restart_undone, instance, 500, 3);
}
GapRun run(Seq64 first, Seq64 next, std::uint32_t instance = 0, bool blind = false,
           TimeNs time = kRow) {
    return {first, next, time, instance, blind};
}

struct Case {
    int number;
    const char* what;
    std::vector<Event> events;
    std::vector<GapRun> runs;
};

const Case kCases[] = {
    {1, "nothing happened", {}, {}},
    {2, "a hole", {open(5, 8)}, {run(5, 8)}},
    {3, "shrinks from below", {open(5, 8), fill(5)}, {run(6, 8)}},
    {4, "shrinks from above", {open(5, 8), fill(7)}, {run(5, 7)}},
    {5, "splits", {open(5, 8), fill(6)}, {run(5, 6), run(7, 8)}},
    {6, "closes", {open(5, 6), fill(5)}, {}},
    {7, "closes number by number", {open(5, 8), fill(6), fill(7), fill(5)}, {}},
    {8,
     "parts of a split keep the time of the hole",
     {open(5, 8, 0, 0, 77), fill(6)},
     {run(5, 6, 0, false, 77), run(7, 8, 0, false, 77)}},
    {9, "holes side by side stay apart", {open(5, 8), open(9, 10)}, {run(5, 8), run(9, 10)}},
    {10, "come sorted by number", {open(50, 60), open(5, 8)}, {run(5, 8), run(50, 60)}},
    {11, "a number outside every hole", {open(5, 8), fill(8), fill(4), fill(900)}, {run(5, 8)}},
    {12, "below the first hole", {fill(1), open(5, 8)}, {run(5, 8)}},
    {13, "negative numbers", {open(-3, 2), fill(-1)}, {run(-3, -1), run(0, 2)}},
    {14,
     "across 2^32",
     {open(0xFFFFFFFF, 0x100000002), fill(0x100000000)},
     {run(0xFFFFFFFF, 0x100000000), run(0x100000001, 0x100000002)}},
    {15, "blind", {open(5, 8, 0, kBlind), fill(6)}, {run(5, 6, 0, true), run(7, 8, 0, true)}},
    {16,
     "blind beside seeing",
     {open(5, 8, 0, kBlind), open(9, 10)},
     {run(5, 8, 0, true), run(9, 10)}},
    {17,
     "a restart keeps the old instance's holes",
     {open(5, 8), restart(1), open(5, 6, 1)},
     {run(5, 8), run(5, 6, 1)}},
    {18,
     "fills belong to their instance",
     {open(5, 8), restart(1), open(5, 8, 1), fill(6, 1)},
     {run(5, 8), run(5, 6, 1), run(7, 8, 1)}},
    {19,
     "a restart undone voids its holes",
     {open(5, 8), restart(1), open(50, 60, 1), undone(1)},
     {run(5, 8)}},
    {20,
     "and its fills",
     {open(5, 8), restart(1), open(5, 8, 1), fill(6, 1), undone(1)},
     {run(5, 8)}},
    {21,
     "what comes after the undoing counts",
     {open(5, 8), restart(1), undone(1), fill(6), open(600, 601)},
     {run(5, 6), run(7, 8), run(600, 601)}},
    {22,
     "a provisional fill counts if the restart is undone",
     {open(1, 4), restart(1), fill(2, 0, kProvisional), undone(1)},
     {run(1, 2), run(3, 4)}},
    {23,
     "and does not if it is not",
     {open(1, 4), restart(1), fill(2, 0, kProvisional)},
     {run(1, 4)}},
    {24,
     "a provisional hole counts only if undone",
     {restart(1), open(501, 503, 0, kProvisional), undone(1)},
     {run(501, 503)}},
    {25, "a provisional hole without undoing", {restart(1), open(501, 503, 0, kProvisional)}, {}},
    {26,
     "an instance number given twice: undone, then real",
     {restart(1), open(10, 20, 1), undone(1), open(501, 502), restart(1), open(30, 40, 1)},
     {run(501, 502), run(30, 40, 1)}},
    {27,
     "a provisional fill of the first try, a second try that stays",
     {open(1, 4), restart(1), fill(1, 0, kProvisional), undone(1), restart(1),
      fill(2, 0, kProvisional)},
     {run(2, 4)}},
    {28,
     "real, then a second restart undone",
     {restart(1), open(30, 40, 1), restart(2), open(50, 60, 2), fill(31, 1, kProvisional),
      undone(2)},
     {run(30, 31, 1), run(32, 40, 1)}},
    {29,
     "two restarts, both stay",
     {open(5, 6), restart(1), open(5, 6, 1), restart(2), open(5, 6, 2)},
     {run(5, 6), run(5, 6, 1), run(5, 6, 2)}},
    {30,
     "a provisional blind hole",
     {restart(1), open(501, 503, 0, kProvisional | kBlind), undone(1)},
     {run(501, 503, 0, true)}},
    {31,
     "other kinds change nothing",
     {open(5, 8), event(EventKind::rekey, 0, 5, 6), event(EventKind::exhaustion, 0, 6, 0),
      event(EventKind::evicted, 0, 7, 0)},
     {run(5, 8)}},
};

} // namespace

TEST_CASE("gap fold: numbered cases", "[flow]") {
    for (const Case& c : kCases) {
        CAPTURE(c.number, c.what);
        CHECK(fold_gaps(c.events) == c.runs);
    }
}

TEST_CASE("gap fold: a hole of many thousand numbers filled one by one, in any order", "[flow]") {
    constexpr Seq64 kHole = 5000;
    constexpr Seq64 kStride = 1237; // shares no factor with kHole
    std::vector<Event> events{open(0, kHole)};
    for (Seq64 i = 0; i < kHole - 1; ++i)
        events.push_back(fill(i * kStride % kHole));
    const Seq64 left = (kHole - 1) * kStride % kHole;
    CHECK(fold_gaps(events) == std::vector{run(left, left + 1)});
    events.push_back(fill(left));
    CHECK(fold_gaps(events).empty());
}

TEST_CASE("gap fold: event by event it gives the same runs, and early", "[flow]") {
    // Every third number is missing; one of four comes late, out of two instances.
    std::vector<Event> events;
    for (std::uint32_t instance : {0u, 1u}) {
        if (instance == 1) events.push_back(restart(1));
        for (Seq64 i = 0; i < 60'000; ++i) {
            events.push_back(open(3 * i, 3 * i + 1, instance));
            if (i % 4 == 3) events.push_back(fill(3 * (i - 2), instance));
        }
    }
    const std::vector<GapRun> whole = fold_gaps(events);
    REQUIRE(whole.size() == 90'000);

    std::vector<GapRun> runs;
    std::vector<std::uint64_t> opened;
    std::size_t stop = 0;
    GapFold fold([&](const GapRun& r, std::uint64_t place) {
        runs.push_back(r);
        opened.push_back(place);
        return runs.size() != stop;
    });
    std::size_t read = 0;
    for (const Event& e : events)
        REQUIRE(fold.add(e, read++));
    REQUIRE(fold.end());
    CHECK(runs == whole);
    for (std::size_t i = 0; i < runs.size(); ++i)
        REQUIRE(events[opened[i]].a == runs[i].first_missing);

    // The first one is known long before the end.
    runs.clear();
    stop = 1;
    read = 0;
    while (fold.add(events[read], read))
        ++read;
    CHECK(read < events.size() / 3);
    CHECK(runs == std::vector{whole[0]});
}

TEST_CASE("gap fold: an undone restart across the border of two blocks", "[flow]") {
    for (std::size_t before : {8190u, 8191u, 8192u, 8193u, 12'286u, 12'287u, 12'288u}) {
        CAPTURE(before);
        std::vector<Event> events;
        for (std::size_t i = 0; i < before; ++i)
            events.push_back(open(static_cast<Seq64>(2 * i), static_cast<Seq64>(2 * i) + 1));
        events.push_back(restart(1));
        events.push_back(open(5, 8, 1));
        events.push_back(open(900'000, 900'002, 0, kProvisional));
        events.push_back(undone(1));
        for (Seq64 i = 0; i < 9000; ++i)
            events.push_back(open(1'000'000 + 2 * i, 1'000'001 + 2 * i));
        std::vector<GapRun> runs;
        GapFold fold([&](const GapRun& r, std::uint64_t) {
            runs.push_back(r);
            return true;
        });
        for (const Event& e : events)
            fold.add(e, 0);
        fold.end();
        CHECK(runs == fold_gaps(events));
        CHECK(runs.size() == before + 1 + 9000);
    }
}
