// Frames cut at every length and bent at random: nothing is read that is not there, nothing is
// misread, and the short cut says what the general way says.
#include "fuzz/decode_body.hpp"
#include "support/decode_one.hpp"
#include "support/wire_corpus.hpp"

#include <random>

using namespace lacuna;
using namespace lacuna::test;

namespace {

struct Quick {
    wire::FrameClass cls{};
    std::vector<wire::Observation> observations;
};

/// Decodes the first `caplen` octets and no more than these, without names.
Quick quick(const Seed& seed, std::size_t caplen) {
    static const auto counts = std::make_unique<wire::FrameCounts>();
    static const auto out = std::make_unique<wire::Observation[]>(wire::kMaxSasPerFrame);
    const auto exact = std::make_unique<std::uint8_t[]>(caplen);
    std::copy_n(seed.frame.begin(), caplen, exact.get());
    wire::Frame f{};
    f.data = exact.get();
    f.caplen = static_cast<std::uint32_t>(caplen);
    f.wirelen = static_cast<std::uint32_t>(seed.frame.size());
    f.link = seed.link;
    std::uint64_t before[wire::kFrameClasses];
    std::copy(std::begin(counts->cls), std::end(counts->cls), before);
    const std::size_t n = wire::decode_burst(&f, 1, kTestKey, out.get(), *counts);
    Quick q;
    for (std::size_t c = 0; c < wire::kFrameClasses; ++c)
        if (counts->cls[c] != before[c]) q.cls = static_cast<wire::FrameClass>(c);
    q.observations.assign(out.get(), out.get() + n);
    return q;
}

void fuzz(const Seed& seed) {
    Bytes input = be(static_cast<unsigned>(seed.link), 1) + seed.frame;
    fuzz_decode(input.data(), input.size());
}

} // namespace

TEST_CASE("cut: a snap length loses inner layers, malformed or other, and invents none", "[wire]") {
    std::size_t number = 0;
    for (const Seed& seed : wire_corpus()) {
        INFO("seed " << number++);
        const Quick whole = quick(seed, seed.frame.size());
        std::size_t seen_before = 0;
        for (std::size_t n = 0; n < seed.frame.size(); ++n) {
            const Quick part = quick(seed, n);
            INFO("cut at " << n);
            const bool lost =
                part.cls == wire::FrameClass::other || part.cls == wire::FrameClass::malformed;
            REQUIRE((part.cls == whole.cls || lost));
            // What is seen is the beginning of what the whole frame shows, and only grows.
            REQUIRE(part.observations.size() <= whole.observations.size());
            REQUIRE(part.observations.size() >= seen_before);
            seen_before = part.observations.size();
            for (std::size_t i = 0; i < seen_before; ++i)
                REQUIRE(std::memcmp(&part.observations[i], &whole.observations[i],
                                    sizeof(wire::Observation))
                        == 0);
        }
    }
    CHECK(number > 200);
}

TEST_CASE("cut: the fuzz body over the seeds", "[wire]") {
    fuzz_decode(nullptr, 0);
    for (const Seed& seed : wire_corpus())
        fuzz(seed);
}

TEST_CASE("cut: the fuzz body over seeds bent at random", "[wire]") {
    std::mt19937 random(20240229);
    const std::vector<Seed> seeds = wire_corpus();
    for (int round = 0; round < 3000; ++round) {
        Seed seed = seeds[random() % seeds.size()];
        for (unsigned bends = 1 + random() % 4; bends > 0 && !seed.frame.empty(); --bends) {
            std::uint8_t& octet = seed.frame[random() % seed.frame.size()];
            octet = static_cast<std::uint8_t>(random() % 2 == 0 ? random()
                                                                : octet ^ 1u << random() % 8);
        }
        fuzz(seed);
    }
}

TEST_CASE("fast: every value of the octets the short cut looks at", "[wire]") {
    // EtherType, TCI or version, flags and offset, protocol, first octet of the destination.
    const Bytes macsec = eth(0x88E5, sectag(SC | E | C, 7, octets(40)));
    const Bytes ip = eth(0x0800, ipv4(50, esp(0x1001, 9, octets(40))));
    std::mt19937 random(5);
    for (const Bytes& frame : {macsec, ip}) {
        for (const std::size_t at : {12u, 13u, 14u, 15u, 16u, 17u, 20u, 21u, 23u, 30u}) {
            for (unsigned value = 0; value < 256; ++value) {
                Seed seed{wire::LinkType::ethernet, frame};
                seed.frame[at] = static_cast<std::uint8_t>(value);
                // Around the fewest octets the short cut takes.
                seed.frame.resize(41 + 64 + random() % 3 - (value % 2 == 0 ? 0 : 20));
                fuzz(seed);
            }
        }
    }
}

TEST_CASE("fast: random octets behind the two EtherTypes", "[wire]") {
    std::mt19937 random(77);
    for (int round = 0; round < 4000; ++round) {
        Bytes rest(28 + random() % 40);
        for (auto& octet : rest)
            octet = static_cast<std::uint8_t>(random());
        const bool ip = round % 2 == 0;
        if (ip) { // likely enough to pass, each condition failing now and then
            if (random() % 8 != 0) rest[0] = 0x45;
            rest[2] = 0;
            if (random() % 8 != 0) rest[6] &= 0xE0, rest[7] = 0;
            if (random() % 8 != 0) rest[9] = 50;
        }
        fuzz({wire::LinkType::ethernet, eth(ip ? 0x0800 : 0x88E5, rest)});
    }
}
