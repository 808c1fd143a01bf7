// Identities crafted to collide under an unkeyed hash cost no more than random ones.
#include "flow/tracker.hpp"
#include "wire/decode.hpp"

#include <benchmark/benchmark.h>
#include <cstring>
#include <random>

using namespace lacuna;

namespace {

constexpr std::size_t kSas = 4096;
constexpr std::uint32_t kSameBits = 0xFFF; ///< low bits of the attacked hash that agree

std::uint32_t fnv1a(std::uint64_t v) {
    std::uint32_t h = 0x811C9DC5;
    for (int i = 0; i < 8; ++i, v >>= 8)
        h = (h ^ static_cast<std::uint8_t>(v)) * 0x01000193;
    return h;
}

std::uint32_t crc32c(std::uint64_t v) {
    std::uint32_t h = ~0u;
    for (int bit = 0; bit < 64; ++bit, v >>= 1)
        h = h >> 1 ^ (((h ^ static_cast<std::uint32_t>(v)) & 1) != 0 ? 0x82F63B78u : 0u);
    return ~h;
}

std::uint32_t none(std::uint64_t) {
    return 0;
}

/// SPI and destination of associations whose attacked hash has the same low bits.
template <typename Hash>
std::vector<wire::Observation> crafted(Hash hash, const wire::HashKey& key) {
    std::mt19937_64 random(1);
    std::vector<wire::Observation> obs;
    while (obs.size() < kSas) {
        const std::uint64_t candidate = random();
        if ((hash(candidate) & kSameBits) != 0) continue;
        wire::Observation o;
        std::memset(static_cast<void*>(&o), 0, sizeof o);
        o.id.key.protocol = Protocol::esp;
        o.id.key.family = wire::Family::ipv4;
        o.id.key.spi = static_cast<std::uint32_t>(candidate);
        const auto dst = static_cast<std::uint32_t>(candidate >> 32);
        std::memcpy(o.id.key.addr, &dst, sizeof dst);
        o.bytes = 100;
        o.hash = wire::identity_hash(o.id, key);
        obs.push_back(o);
    }
    return obs;
}

template <typename Hash>
void track(benchmark::State& state, Hash hash) {
    const wire::HashKey key = wire::HashKey::random();
    std::vector<wire::Observation> obs = crafted(hash, key);
    flow::FlowBudget budget(kSas);
    auto tracker = flow::Tracker::create({.max_flows = kSas}, budget);
    for (auto _ : state) {
        for (wire::Observation& o : obs) {
            ++o.seq;
            o.time += 1000;
        }
        for (std::size_t i = 0; i < obs.size(); i += wire::kBurst)
            (*tracker)->track(obs.data() + i, wire::kBurst);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * obs.size()));
}

BENCHMARK_CAPTURE(track, random_identities, none);
BENCHMARK_CAPTURE(track, crafted_against_fnv1a, fnv1a);
BENCHMARK_CAPTURE(track, crafted_against_crc32c, crc32c);

} // namespace

BENCHMARK_MAIN();
