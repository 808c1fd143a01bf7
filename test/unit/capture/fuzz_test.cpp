// The fuzz target's body over small captures: whole, cut, and bent one octet at a time.
#include "catch.hpp"
#include "fuzz/capture_body.hpp"
#include "support/capture_corpus.hpp"
#include "support/read_capture.hpp"
#include "support/wire_corpus.hpp"

using namespace lacuna::test;

TEST_CASE("capture: the seeds are captures", "[capture]") {
    for (const Bytes& seed : capture_corpus()) {
        const Whole w = read_memory(seed);
        CHECK(w.error.empty());
        CHECK_FALSE(w.end.truncated);
        CHECK(w.frames.size() >= 2);
    }
}

// The body aborts where something does not hold.
TEST_CASE("capture: seeds cut and bent", "[capture]") {
    std::size_t inputs = 0;
    for (const Bytes& seed : capture_corpus()) {
        for (std::size_t n = 0; n <= seed.size(); ++n, ++inputs)
            fuzz_capture(seed.data(), n);
        Bytes bent = seed;
        for (std::size_t at = 0; at < seed.size(); ++at) {
            for (const unsigned value : {0x00u, 0x01u, 0x0Cu, 0x7Fu, 0x80u, 0xFCu, 0xFFu}) {
                bent[at] = static_cast<std::uint8_t>(value);
                fuzz_capture(bent.data(), bent.size());
                ++inputs;
            }
            bent[at] = seed[at];
        }
    }
    CHECK(inputs > 10'000);
}

// Several bursts of frames of every kind: what is decoded as it is found is what bursts come to.
TEST_CASE("capture: frames decoded where they are found", "[capture]") {
    const std::vector<Seed> frames = wire_corpus();
    for (const Order order : {Order::little, Order::big})
        for (const bool nano : {false, true})
            for (const std::uint32_t network : {1u, 1u | 0x24000000u}) {
                const Pcap format{.order = order, .nano = nano, .network = network};
                Bytes file = format.header();
                // Now and then a stamp that lies, and once a clock that is set back.
                for (std::uint32_t i = 0; i < 1000; ++i) {
                    const std::uint32_t second = 1'000'000 + i / 10 - (i > 700 ? 5000 : 0);
                    const std::uint32_t lie = i % 97 == 96 ? 900'000 : 0;
                    file =
                        file + format.record(second - lie, i, frames[i * 7 % frames.size()].frame);
                }
                fuzz_capture(file.data(), file.size());
            }
}
