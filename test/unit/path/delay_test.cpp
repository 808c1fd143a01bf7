// Delays as a histogram against the sorted list of all of them.
#include "catch.hpp"
#include "path/compare/delay.hpp"

#include <random>

namespace {

using namespace lacuna;
using path::Delays;

TimeNs nearest_rank(const std::vector<TimeNs>& sorted, double share) {
    const double rank = std::ceil(share * static_cast<double>(sorted.size()) - 1e-9);
    return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

} // namespace

TEST_CASE("path: percentiles of delays are right within half a percent", "[path]") {
    std::mt19937_64 rng(7);
    for (int round = 0; round < 60; ++round) {
        const std::size_t count = 1 + rng() % 2000;
        const int bits = 1 + static_cast<int>(rng() % 50);
        const bool negative = round % 3 == 0;
        std::vector<TimeNs> all;
        Delays one, other;
        for (std::size_t i = 0; i < count; ++i) {
            auto delay = static_cast<TimeNs>(rng() & ((std::uint64_t{1} << bits) - 1));
            if (negative && rng() % 2 == 0) delay = -delay;
            all.push_back(delay);
            (i % 2 == 0 ? one : other).add(delay);
        }
        one.add(other);
        std::sort(all.begin(), all.end());
        REQUIRE(one.samples() == count);
        REQUIRE(one.min() == all.front());
        REQUIRE(one.max() == all.back());
        for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0}) {
            const TimeNs exact = nearest_rank(all, share);
            const TimeNs off = one.quantile(share) - exact;
            CAPTURE(count, bits, share, exact);
            REQUIRE(std::abs(off) <= std::abs(exact) / 200 + 1);
        }
    }
}

TEST_CASE("path: delays at the ends of what there is", "[path]") {
    Delays d;
    for (const TimeNs t : {INT64_MIN, TimeNs{-1}, TimeNs{0}, TimeNs{255}, TimeNs{256}, INT64_MAX})
        d.add(t);
    CHECK(d.min() == INT64_MIN);
    CHECK(d.max() == INT64_MAX);
    CHECK(d.quantile(0.5) == 0);
    CHECK(d.quantile(0.6) == 255);
    CHECK(d.quantile(0.8) == 256);
}
