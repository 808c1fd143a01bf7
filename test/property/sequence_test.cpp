// At least a million random packets a run, tracker against naive model. A failing case is shrunk.
#include "catch.hpp"
#include "property/model_body.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

TEST_CASE("the tracker agrees with the naive model on random traffic") {
    // The same traffic in every run; LACUNA_SEED takes another, LACUNA_CROWDED breaks of all kinds
    // at once. doc/testing.md says what such runs still find.
    const char* given = std::getenv("LACUNA_SEED");
    const std::uint32_t seed =
        given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0)) : 7;
    std::printf("seed of the random traffic: LACUNA_SEED=%u\n", seed);
    std::mt19937 random(seed);
    traffic::Kinds kinds;
    kinds.crowded = kinds.senders = kinds.moves = kinds.forged =
        std::getenv("LACUNA_CROWDED") != nullptr;
    std::size_t packets = 0;
    while (packets < 2'000'000) {
        std::vector<std::uint8_t> bytes(20 + random() % 3000);
        for (std::uint8_t& b : bytes)
            b = static_cast<std::uint8_t>(random());
        // A probe that loses packets just where a counter begins again is left to crowded traffic.
        if (!kinds.crowded) kinds.restarts = !(kinds.drops = random() % 2 == 0);
        const auto c = traffic::make_case(bytes, kinds);
        packets += c.steps.size();
        const auto burst_seed = static_cast<std::uint32_t>(random());
        if (model_body::compare(c, burst_seed).empty()) continue;
        FAIL("seed " << seed << ", shrunk to\n" << model_body::shrink(c, burst_seed));
    }
    REQUIRE(packets >= 2'000'000);
}
