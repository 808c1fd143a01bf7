// Frame counters: bursts, sums, and names that add up.
#include "support/decode_one.hpp"
#include "support/wire_corpus.hpp"

#include <set>

using namespace lacuna;
using namespace lacuna::test;

namespace {

std::uint64_t sum(const std::vector<std::pair<std::string, std::uint64_t>>& named) {
    std::uint64_t total = 0;
    for (const auto& [name, n] : named)
        total += n;
    return total;
}

std::vector<wire::Frame> frames_of(const std::vector<Seed>& seeds) {
    std::vector<wire::Frame> frames;
    for (const Seed& seed : seeds) {
        wire::Frame f{};
        f.data = seed.frame.data();
        f.caplen = static_cast<std::uint32_t>(seed.frame.size());
        f.wirelen = f.caplen + 100;
        f.time = static_cast<TimeNs>(frames.size());
        f.link = seed.link;
        f.source = static_cast<std::uint16_t>(frames.size() % 7);
        frames.push_back(f);
    }
    return frames;
}

std::vector<wire::Observation> decode_in_bursts(const std::vector<wire::Frame>& frames,
                                                std::size_t burst, wire::FrameCounts& counts,
                                                wire::Shard shard = {}) {
    const auto out = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    std::vector<wire::Observation> got;
    for (std::size_t at = 0; at < frames.size(); at += burst) {
        const std::size_t n = std::min(burst, frames.size() - at);
        const std::size_t made = wire::decode_burst(&frames[at], n, kTestKey, out.get(), counts,
                                                    wire::Transport::count, shard);
        got.insert(got.end(), out.get(), out.get() + made);
    }
    return got;
}

bool same(const std::vector<wire::Observation>& a, const std::vector<wire::Observation>& b) {
    return a.size() == b.size()
           && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0);
}

} // namespace

TEST_CASE("counts: a burst of any size is the sum of its frames, in order", "[wire]") {
    const std::vector<Seed> seeds = wire_corpus();
    const std::vector<wire::Frame> frames = frames_of(seeds);
    const auto one = std::make_unique<wire::FrameCounts>();
    std::vector<wire::Observation> expected;
    std::uint64_t bytes = 0;
    for (const wire::Frame& f : frames) {
        wire::Observation out[wire::kMaxSasPerFrame];
        const std::size_t n = wire::decode_frame(f, kTestKey, out, *one);
        expected.insert(expected.end(), out, out + n);
        bytes += f.wirelen;
    }
    CHECK(one->offered == frames.size());
    CHECK(one->bytes == bytes);
    CHECK(sum(one->other_by_name()) == one->of(wire::FrameClass::other));

    for (const std::size_t burst : {1u, 2u, 7u, 8u, 9u, 63u, 64u}) {
        const auto counts = std::make_unique<wire::FrameCounts>();
        INFO("bursts of " << burst);
        CHECK(same(decode_in_bursts(frames, burst, *counts), expected));
        CHECK(std::memcmp(counts.get(), one.get(), sizeof *one) == 0);
    }
}

TEST_CASE("counts: each shard gets its associations in order, and counts all frames", "[wire]") {
    const std::vector<Seed> seeds = wire_corpus();
    const std::vector<wire::Frame> frames = frames_of(seeds);
    const auto one = std::make_unique<wire::FrameCounts>();
    const std::vector<wire::Observation> all = decode_in_bursts(frames, 64, *one);
    for (const std::uint32_t shards : {2u, 3u, 64u}) {
        std::size_t shares = 0;
        for (std::uint32_t index = 0; index < shards; ++index) {
            const auto counts = std::make_unique<wire::FrameCounts>();
            const auto got = decode_in_bursts(frames, 64, *counts, {index, shards});
            std::vector<wire::Observation> own;
            for (const wire::Observation& o : all)
                if (wire::shard_of(o.hash, shards) == index) own.push_back(o);
            INFO("shard " << index << " of " << shards);
            CHECK(same(got, own));
            CHECK(std::memcmp(counts.get(), one.get(), sizeof *one) == 0);
            shares += got.empty() ? 0 : 1;
        }
        CHECK(shares > 1);
    }
}

TEST_CASE("counts: an empty burst counts nothing", "[wire]") {
    const auto counts = std::make_unique<wire::FrameCounts>();
    CHECK(wire::decode_burst(nullptr, 0, kTestKey, nullptr, *counts) == 0);
    CHECK(counts->offered == 0);
    CHECK(counts->other_by_name().empty());
}

TEST_CASE("counts: adding up", "[wire]") {
    const auto a = std::make_unique<wire::FrameCounts>();
    const auto b = std::make_unique<wire::FrameCounts>();
    a->offered = 5, a->bytes = 500, a->cls[3] = 4, a->cls[0] = 1, a->role[2] = 4,
    a->nesting_cut = 1;
    b->offered = 7, b->bytes = 700, b->cls[3] = 7, b->role[2] = 1, b->nesting_cut = 2;
    b->ipv4[6] = 1, b->ipv4[255] = 1, b->ipv6[0] = 2, b->ethertype[0] = 1, b->ethertype[65535] = 1;
    *a += *b;
    CHECK(a->offered == 12);
    CHECK(a->bytes == 1200);
    CHECK(a->nesting_cut == 3);
    CHECK(a->of(wire::FrameClass::other) == 11);
    CHECK(a->of(wire::FrameClass::macsec) == 1);
    const std::vector<std::pair<std::string, std::uint64_t>> expected{
        {"ethertype-0x0000", 1}, {"ethertype-0xffff", 1}, {"ike", 5},
        {"ipv4/proto-255", 1},   {"ipv4/tcp", 1},         {"ipv6/hopopt", 2}};
    CHECK(a->other_by_name() == expected);
}

TEST_CASE("counts: every name is used once", "[wire]") {
    const auto counts = std::make_unique<wire::FrameCounts>();
    std::uint64_t kinds = 0;
    const auto fill = [&](auto& counters) {
        for (std::uint64_t& c : counters)
            c = 1, ++kinds;
    };
    fill(counts->role);
    fill(counts->ipv4);
    fill(counts->ipv6);
    fill(counts->ethertype);
    const auto named = counts->other_by_name();
    CHECK(named.size() == kinds);
    CHECK(sum(named) == kinds);
    CHECK(std::is_sorted(named.begin(), named.end()));
    for (const auto& [name, n] : named)
        REQUIRE_FALSE(name.empty());
}
