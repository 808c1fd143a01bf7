// Replay-window advice against a count packet by packet.
#include "catch.hpp"
#include "flow/replay_window.hpp"

#include <algorithm>
#include <random>
#include <vector>

using namespace lacuna;

namespace {

struct Extents {
    std::vector<std::uint64_t> late;
    std::vector<std::uint64_t> too_old;
};

flow::ReplayWindow advise(const Extents& e) {
    Log2Histogram late = {};
    Log2Histogram too_old = {};
    for (const std::uint64_t v : e.late)
        ++late[log2_bucket(v)];
    for (const std::uint64_t v : e.too_old)
        ++too_old[log2_bucket(v)];
    return flow::replay_window(late, too_old);
}

/// Every listed window asked about every packet.
void check(const Extents& e) {
    const flow::ReplayWindow w = advise(e);
    std::optional<std::uint32_t> needed;
    for (std::size_t i = flow::kWindows; i-- > 0;) {
        const std::uint32_t window = 32u << i;
        const auto dropped = [window](const std::vector<std::uint64_t>& extents) {
            return static_cast<std::uint64_t>(std::count_if(
                extents.begin(), extents.end(), [window](auto v) { return v >= window; }));
        };
        CHECK(w.dropped_at[i] == dropped(e.late));
        CHECK(w.at_most[i] == dropped(e.late) + dropped(e.too_old));
        if (dropped(e.late) == 0) needed = window;
    }
    CHECK(w.out_of_order == e.late.size());
    CHECK(w.at_most_out_of_order == e.late.size() + e.too_old.size());
    CHECK(w.open() == !e.too_old.empty());
    if (w.out_of_order == 0) needed = 0;
    CHECK(w.needed == needed);
}

} // namespace

TEST_CASE("replay window: numbered cases", "[flow]") {
    struct Row {
        int number;
        Extents extents;
        std::optional<std::uint32_t> needed;
    };
    const Row rows[] = {
        {1, {}, 0},
        {2, {{1}, {}}, 32},
        {3, {{31}, {}}, 32},
        {4, {{32}, {}}, 64},
        {5, {{63}, {}}, 64},
        {6, {{64}, {}}, 128},
        {7, {{1, 2, 3}, {1024}}, 32},
        {8, {{32767}, {}}, 32768},
        {9, {{32768}, {}}, 65536},
        {10, {{65535}, {}}, 65536},
        {11, {{65536}, {}}, std::nullopt},
        {12, {{std::uint64_t{1} << 40}, {}}, std::nullopt},
        {13, {{}, {65536}}, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.number);
        CHECK(advise(row.extents).needed == row.needed);
        check(row.extents);
    }
}

TEST_CASE("replay window: random extents", "[flow]") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; ++round) {
        Extents e;
        for (auto* list : {&e.late, &e.too_old})
            for (std::uint64_t n = random() % 40; n-- > 0;)
                list->push_back((random() >> (47 + random() % 16)) + 1);
        check(e);
    }
}
