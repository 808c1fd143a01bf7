// Runs of numbers against a map of numbers.
#include "catch.hpp"
#include "path/taps/spans.hpp"

#include <random>

namespace {

using namespace lacuna;
using path::SpanCursor;
using path::Spans;
using Naive = std::map<Seq64, int>;

/// Runs are maximal, not empty, and say of every number what the map says.
void compare(const Spans<int>& spans, const Naive& naive, Seq64 from, Seq64 to) {
    Seq64 last = from - 10;
    int value = 0;
    for (const auto& [first, tail] : spans.runs()) {
        REQUIRE(first < tail.next);
        REQUIRE(tail.value != 0);
        REQUIRE((first > last || (first == last && tail.value != value)));
        last = tail.next;
        value = tail.value;
    }
    constexpr Seq64 kShift = 1000;
    SpanCursor<int> cursor(spans, kShift, from + kShift);
    Seq64 until = from;
    int same = 0;
    for (Seq64 n = from; n < to; ++n) {
        const auto it = naive.find(n);
        const int exact = it == naive.end() ? 0 : it->second;
        REQUIRE(spans.at(n) == exact);
        REQUIRE(cursor.at(n + kShift) == exact);
        if (n < until) REQUIRE(exact == same); // the cursor promised
        until = cursor.until(n + kShift) - kShift;
        same = exact;
        REQUIRE(until > n);
    }
}

} // namespace

TEST_CASE("path: runs of numbers are what a map says", "[path]") {
    std::mt19937 rng(1);
    for (int round = 0; round < 300; ++round) {
        Spans<int> spans;
        Naive naive;
        Seq64 top = -20;
        const auto put = [&](Seq64 first, Seq64 next, int value) {
            for (Seq64 n = first; n < next; ++n)
                value == 0 ? static_cast<void>(naive.erase(n))
                           : static_cast<void>(naive[n] = value);
        };
        for (int step = 0; step < 40; ++step) {
            const int value = static_cast<int>(rng() % 3);
            if (rng() % 3 == 0) {
                const Seq64 first = top + rng() % 4;
                top = first + 1 + rng() % 6;
                spans.append(first, top, value + 1);
                put(first, top, value + 1);
            } else {
                const Seq64 first = -25 + static_cast<Seq64>(rng() % 80);
                const Seq64 next = first + 1 + rng() % 9;
                spans.set(first, next, value);
                put(first, next, value);
                if (value != 0) top = std::max(top, next);
            }
        }
        compare(spans, naive, -40, top + 20);
    }
}

TEST_CASE("path: the end of a run", "[path]") {
    Spans<int> spans;
    spans.append(5, 9, 1);
    CHECK(spans.end_of(4) == 4);
    CHECK(spans.end_of(5) == 9);
    CHECK(spans.end_of(8) == 9);
    CHECK(spans.end_of(9) == 9);
    spans.set(7, 0);
    CHECK(spans.end_of(5) == 7);
    CHECK(spans.end_of(8) == 9);
}
