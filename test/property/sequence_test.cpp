// At least a million random packets a run, tracker against naive model. A failing case is shrunk.
#include "catch.hpp"
#include "property/sequence_body.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

TEST_CASE("the tracker agrees with the naive model on random traffic") {
    const char* given = std::getenv("LACUNA_SEED");
    const std::uint32_t seed = given != nullptr
                                   ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0))
                                   : std::random_device{}();
    std::printf("seed of the random traffic: LACUNA_SEED=%u\n", seed);
    std::mt19937 random(seed);
    std::size_t packets = 0;
    while (packets < 1'000'000) {
        std::vector<std::uint8_t> bytes(20 + random() % 3000);
        for (std::uint8_t& b : bytes)
            b = static_cast<std::uint8_t>(random());
        const auto c = sequence_body::make_case(bytes);
        packets += c.steps.size();
        const auto burst_seed = static_cast<std::uint32_t>(random());
        if (sequence_body::compare(c, burst_seed).empty()) continue;
        FAIL("seed " << seed << ", shrunk to\n" << sequence_body::shrink(c, burst_seed));
    }
    REQUIRE(packets >= 1'000'000);
}
