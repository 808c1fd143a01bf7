// What travels between stages, element by element.
#include "catch.hpp"
#include "pipeline/layout/loops.hpp"

#include <memory>
#include <random>
#include <vector>

using namespace lacuna;
using namespace lacuna::pipeline;

namespace {

struct Ring {
    Ring(const char* name, unsigned element, unsigned count)
        : ring(rte_ring_create_elem(name, element, count, SOCKET_ID_ANY,
                                    RING_F_SP_ENQ | RING_F_SC_DEQ)) {}
    ~Ring() { rte_ring_free(ring); }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;
    rte_ring* ring;
};

wire::Observation numbered(std::uint32_t seq, std::uint32_t hash) {
    wire::Observation o{};
    o.seq = seq;
    o.hash = hash;
    return o;
}

} // namespace

TEST_CASE("bursts keep their bounds across the ring's end", "[pmd][rings]") {
    Ring r("bounds", sizeof(wire::Frame), 128);
    REQUIRE(r.ring != nullptr);
    std::mt19937 random(1);
    std::uint32_t sent = 0;
    std::uint32_t seen = 0;
    std::vector<std::size_t> sizes;
    wire::Frame frames[wire::kRxBurst];
    CHECK(take_burst<MappedAccess>(r.ring, frames) == 0);
    for (int round = 0; round < 2000; ++round) {
        const std::size_t n = 1 + random() % wire::kRxBurst;
        for (std::size_t i = 0; i < n; ++i)
            frames[i].caplen = sent + static_cast<std::uint32_t>(i);
        MappedAccess::mark_burst(frames, n);
        const bool fits = rte_ring_sp_enqueue_bulk_elem(r.ring, frames, sizeof(wire::Frame),
                                                        static_cast<unsigned>(n), nullptr)
                          != 0;
        if (fits) {
            sent += static_cast<std::uint32_t>(n);
            sizes.push_back(n);
            if (random() % 2 == 0) continue;
        }
        const std::size_t got = take_burst<MappedAccess>(r.ring, frames);
        REQUIRE(got == sizes.front());
        sizes.erase(sizes.begin());
        for (std::size_t i = 0; i < got; ++i) {
            REQUIRE(frames[i].caplen == seen++);
            REQUIRE(frames[i].spare == 0);
        }
    }
    CHECK(seen > 20'000);
}

TEST_CASE("observations are grouped by worker without changing their order", "[pmd][rings]") {
    std::mt19937 random(2);
    std::vector<wire::Observation> obs(wire::kMaxRxObservations);
    std::vector<std::uint16_t> order(obs.size());
    for (const std::uint32_t workers : {1u, 2u, 3u, 7u, kMaxStage}) {
        CAPTURE(workers);
        const std::size_t n = random() % (obs.size() + 1);
        for (std::size_t i = 0; i < n; ++i)
            obs[i] = numbered(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(random()));
        std::uint32_t start[kMaxStage + 1];
        sort_by_worker(obs.data(), n, workers, order.data(), start);
        CHECK(start[0] == 0);
        CHECK(start[workers] == n);
        for (std::uint32_t w = 0; w < workers; ++w) {
            for (std::uint32_t i = start[w]; i < start[w + 1]; ++i) {
                REQUIRE(wire::shard_of(obs[order[i]].hash, workers) == w);
                if (i > start[w]) REQUIRE(order[i - 1] < order[i]);
            }
        }
    }
    CHECK(wire::shard_of(0, 5) == 0);
    CHECK(wire::shard_of(UINT32_MAX, 5) == 4);
}

TEST_CASE("batches come back whole, empty and largest ones too", "[pmd][rings]") {
    Ring r("batches", sizeof(BatchHeader), 1024);
    REQUIRE(r.ring != nullptr);
    std::mt19937 random(3);
    std::vector<wire::Observation> obs(wire::kMaxRxObservations);
    std::vector<std::uint16_t> order(obs.size());
    for (std::size_t i = 0; i < obs.size(); ++i) {
        obs[i] = numbered(static_cast<std::uint32_t>(i), 0);
        order[i] = static_cast<std::uint16_t>(obs.size() - 1 - i);
    }
    std::uint32_t count = 0;
    CHECK(read_batch(r.ring, 0, count, [](const wire::Observation*, std::size_t, TimeNs) {})
          == BatchRead::none);
    for (std::uint64_t burst = 0; burst < 500; ++burst) {
        const std::uint32_t sizes[] = {0, 1, static_cast<std::uint32_t>(wire::kMaxRxObservations),
                                       static_cast<std::uint32_t>(random() % 513)};
        const std::uint32_t n = sizes[burst % 4];
        const auto now = static_cast<TimeNs>(burst * 1000 + 7);
        REQUIRE(write_batch(r.ring, burst, now, obs.data(), order.data(), n));
        std::uint32_t seen = 0;
        std::uint32_t told = 0;
        const auto sink = [&](const wire::Observation* o, std::size_t k, TimeNs clock) {
            REQUIRE(clock == now);
            ++told;
            for (std::size_t i = 0; i < k; ++i)
                REQUIRE(o[i].seq == obs[order[seen++]].seq);
        };
        REQUIRE(read_batch(r.ring, burst, count, sink) == BatchRead::taken);
        REQUIRE(count == n);
        REQUIRE(seen == n);
        REQUIRE(told != 0);
    }
}

TEST_CASE("a batch that does not fit changes nothing; one out of turn is noticed", "[pmd][rings]") {
    Ring r("turns", sizeof(BatchHeader), 64);
    REQUIRE(r.ring != nullptr);
    std::vector<wire::Observation> obs(64);
    std::vector<std::uint16_t> order(64, 0);
    REQUIRE(write_batch(r.ring, 8, 0, obs.data(), order.data(), 40));
    CHECK_FALSE(write_batch(r.ring, 9, 0, obs.data(), order.data(), 40));
    CHECK(rte_ring_count(r.ring) == 41);
    CHECK(write_batch(r.ring, 9, 0, obs.data(), order.data(), 21)); // 63 of 63 elements
    CHECK(rte_ring_free_count(r.ring) == 0);

    std::uint32_t count = 0;
    std::size_t seen = 0;
    const auto sink = [&](const wire::Observation*, std::size_t n, TimeNs) { seen += n; };
    CHECK(read_batch(r.ring, 7, count, sink) == BatchRead::disorder);
    CHECK(seen == 0);
    CHECK(read_batch(r.ring, 8, count, sink) == BatchRead::taken);
    CHECK(seen == 40);
}
