// At least a million random packets a run, tracker against naive model. A failing case is shrunk.
#include "catch.hpp"
#include "property/model_body.hpp"
#include "property/random_case.hpp"

#include <cstdio>
#include <cstdlib>

TEST_CASE("the tracker agrees with the naive model on random traffic") {
    // The same traffic in every run; LACUNA_SEED takes another, LACUNA_CROWDED breaks of all kinds
    // at once. doc/testing.md says what such runs still find.
    const char* given = std::getenv("LACUNA_SEED");
    const std::uint32_t seed =
        given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0)) : 7;
    std::printf("seed of the random traffic: LACUNA_SEED=%u\n", seed);
    traffic::RandomCases cases(seed, std::getenv("LACUNA_CROWDED") != nullptr);
    std::size_t packets = 0;
    while (packets < 2'000'000) {
        const auto [c, burst_seed] = cases.next();
        packets += c.steps.size();
        if (model_body::compare(c, burst_seed).empty()) continue;
        FAIL("seed " << seed << ", shrunk to\n" << model_body::shrink(c, burst_seed));
    }
    REQUIRE(packets >= 2'000'000);
}
