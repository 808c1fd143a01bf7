// What a tap makes of the numbers of one SA: one table.
#include "catch.hpp"
#include "path/taps/counter.hpp"

namespace {

using namespace lacuna;
using namespace lacuna::path;

struct Range {
    std::uint32_t from, to; ///< to is included
};

/// "first-highest missing late copies" of each instance.
struct Expected {
    Seq64 first, highest;
    std::uint64_t missing, late, copies;
    friend bool operator==(const Expected&, const Expected&) = default;
};

std::ostream& operator<<(std::ostream& out, const Expected& e) {
    return out << e.first << ".." << e.highest << " missing " << e.missing << " late " << e.late
               << " copies " << e.copies;
}

template <typename Value>
std::uint64_t sum(const Spans<Value>& spans) {
    std::uint64_t n = 0;
    for (const auto& [first, tail] : spans.runs())
        n += static_cast<std::uint64_t>(tail.next - first)
             * (std::is_same_v<Value, Missing> ? 1 : static_cast<std::uint64_t>(tail.value));
    return n;
}

std::vector<Expected> follow(const std::vector<Range>& ranges) {
    Counter counter;
    BlindSpans blind;
    TimeNs time = 0;
    for (const Range& r : ranges)
        for (std::uint32_t n = r.from;; ++n) {
            counter.take(n, time += 1000, blind);
            if (n == r.to) break;
        }
    counter.end(blind);
    std::vector<Expected> out;
    for (const Instance& i : counter.track().instances)
        out.push_back({i.first, i.highest, sum(i.missing), sum(i.late), sum(i.copies)});
    return out;
}

constexpr Seq64 kTurn = Seq64{1} << 32;

} // namespace

TEST_CASE("path: lives of a counter", "[path]") {
    struct {
        const char* what;
        std::vector<Range> ranges;
        std::vector<Expected> lives;
    } const cases[] = {
        {"in order", {{1, 100}}, {{1, 100, 0, 0, 0}}},
        {"joined", {{500, 900}}, {{500, 900, 0, 0, 0}}},
        {"a hole", {{1, 100}, {111, 200}}, {{1, 200, 10, 0, 0}}},
        {"late", {{1, 10}, {12, 20}, {11, 11}, {21, 30}}, {{1, 30, 0, 1, 0}}},
        {"late by more than any memory",
         {{1, 10}, {12, 5000}, {11, 11}, {5001, 5100}},
         {{1, 5100, 0, 1, 0}}},
        {"a copy at once", {{1, 10}, {10, 10}, {11, 20}}, {{1, 20, 0, 0, 1}}},
        {"a copy later", {{1, 10}, {5, 5}, {11, 20}}, {{1, 20, 0, 0, 1}}},
        {"a stretch replayed", {{1, 2000}, {100, 149}, {2001, 2100}}, {{1, 2100, 0, 0, 50}}},
        {"before first", {{100, 110}, {99, 99}, {111, 120}}, {{100, 120, 0, 0, 0}}},
        {"a wrap", {{0xFFFFFFF0, 0xFFFFFFFF}, {0, 9}}, {{kTurn - 16, kTurn + 9, 0, 0, 0}}},
        {"a wrap with a hole",
         {{0xFFFFFFF0, 0xFFFFFFFD}, {4, 9}},
         {{kTurn - 16, kTurn + 9, 6, 0, 0}}},
        {"before the wrap after it",
         {{0xFFFFFFF0, 0xFFFFFFFD}, {0, 3}, {0xFFFFFFFE, 0xFFFFFFFF}},
         {{kTurn - 16, kTurn + 3, 0, 2, 0}}},
        {"a far jump, gone on", {{1, 100}, {50'000, 50'100}}, {{1, 50'100, 49'899, 0, 0}}},
        {"a far jump, the last packet", {{1, 100}, {50'000, 50'000}}, {{1, 50'000, 49'899, 0, 0}}},
        {"farther, the last packet", {{1, 100}, {90'000, 90'000}}, {{1, 100, 0, 0, 0}}},
        {"farther, the last two", {{1, 100}, {90'000, 90'001}}, {{1, 90'001, 89'899, 0, 0}}},
        {"a forged number", {{1, 100}, {70'000, 70'000}, {101, 200}}, {{1, 200, 0, 0, 0}}},
        {"a restart", {{1, 3000}, {1, 500}}, {{1, 3000, 0, 0, 0}, {1, 500, 0, 0, 0}}},
        {"a restart at 0", {{7, 3000}, {0, 2}}, {{7, 3000, 0, 0, 0}, {0, 2, 0, 0, 0}}},
        {"too few for a restart", {{1, 3000}, {1, 2}}, {{1, 3000, 0, 0, 2}}},
        {"a restart, its first lost",
         {{1, 3000}, {4, 20}, {22, 40}},
         {{1, 3000, 0, 0, 0}, {4, 40, 1, 0, 0}}},
        {"a restart, its first two swapped",
         {{1, 3000}, {1, 1}, {0, 0}, {2, 100}},
         {{1, 3000, 0, 0, 0}, {1, 100, 0, 0, 0}}},
        {"a restart, its first copied",
         {{1, 3000}, {1, 2}, {1, 1}, {3, 100}},
         {{1, 3000, 0, 0, 0}, {1, 100, 0, 0, 1}}},
        {"a restart behind a copy",
         {{1, 3000}, {2900, 2900}, {1, 100}},
         {{1, 3000, 0, 0, 1}, {1, 100, 0, 0, 0}}},
        {"a restart behind several copies",
         {{1, 3000}, {2900, 2900}, {2904, 2904}, {2910, 2910}, {1, 100}},
         {{1, 3000, 0, 0, 3}, {1, 100, 0, 0, 0}}},
        {"a restart behind a copy, its first ones swapped",
         {{1, 3000}, {2900, 2900}, {2, 3}, {1, 1}, {6, 100}},
         {{1, 3000, 0, 0, 1}, {2, 100, 2, 0, 0}}},
        {"a restart with a straggler",
         {{1, 2998}, {3000, 3000}, {1, 10}, {2999, 2999}, {11, 100}},
         {{1, 3000, 0, 1, 0}, {1, 100, 0, 0, 0}}},
        {"two restarts",
         {{1, 3000}, {1, 2000}, {1, 100}},
         {{1, 3000, 0, 0, 0}, {1, 2000, 0, 0, 0}, {1, 100, 0, 0, 0}}},
    };
    for (const auto& c : cases) {
        CAPTURE(c.what);
        CHECK(follow(c.ranges) == c.lives);
    }
}

TEST_CASE("path: what is missing in a blind span is unknown", "[path]") {
    Counter counter;
    BlindSpans blind;
    for (std::uint32_t n = 1; n <= 100; ++n)
        counter.take(n, n, blind);
    blind.add({120, 130, 5});
    counter.take(111, 140, blind);                        // across the span
    counter.take(121, 150, blind);                        // behind it
    blind.add({200, TimeNs{20} * 1'000'000'000, 15});     // long: covers what it reports
    counter.take(132, TimeNs{10} * 1'000'000'000, blind); // 10 of 15
    counter.take(143, TimeNs{11} * 1'000'000'000, blind); // 10 of 5
    counter.end(blind);
    const Spans<Missing>& missing = counter.track().instances.front().missing;
    CHECK(missing.at(105) == Missing::unknown);
    CHECK(missing.at(115) == Missing::lost);
    CHECK(missing.at(125) == Missing::unknown);
    CHECK(missing.at(140) == Missing::lost);
}
