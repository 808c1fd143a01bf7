// How packet buffers are seen as frames.
#include "catch.hpp"
#include "sources.hpp"
#include "wire/decode.hpp"

using namespace lacuna;

namespace {

struct Pool {
    Pool() : pool(rte_pktmbuf_pool_create("access", 511, 0, 0, 2176, SOCKET_ID_ANY)) {}
    ~Pool() { rte_mempool_free(pool); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    rte_mempool* pool;
};

} // namespace

TEST_CASE("bit 0 marks the last buffer of a burst", "[pmd][access]") {
    Pool p;
    const std::vector<test::Packet> none;
    const test::MbufFeed feed(none, p.pool, 0, 1);
    const auto packet = test::macsec(1, 0, 1, 0);
    rte_mbuf* burst[3] = {feed.make(packet), feed.make(packet), feed.make(packet)};
    rte_mbuf* const last = burst[2];
    pipeline::MbufAccess::mark_burst(burst, 3);
    CHECK_FALSE(pipeline::MbufAccess::is_last(burst[0]));
    CHECK_FALSE(pipeline::MbufAccess::is_last(burst[1]));
    CHECK(pipeline::MbufAccess::is_last(burst[2]));
    pipeline::MbufAccess::clear_mark(burst[2]);
    CHECK(burst[2] == last);
    pipeline::MbufAccess::release(burst, 3);
    CHECK(rte_mempool_in_use_count(p.pool) == 0);
}

TEST_CASE("headers may lie across the segments of a chain", "[pmd][access]") {
    Pool p;
    const std::vector<test::Packet> none;
    const auto packet = test::ah_esp(0x11, 0x22, 0x33, 0x44, 0x0A000002, 5'000'000);
    for (const std::size_t segment : {1u, 3u, 7u, 13u, 50u, 97u, 98u, 2048u}) {
        CAPTURE(segment);
        const test::MbufFeed feed(none, p.pool, 0, 1, segment);
        const pipeline::MbufFormat format = feed.format();
        pipeline::MbufAccess access(format);
        rte_mbuf* m = feed.make(packet);
        REQUIRE(m != nullptr);
        CHECK(access.units(&m, 1) == (98 + segment - 1) / segment);
        wire::Frame f{};
        access.open(&m, 1, &f);
        CHECK(f.caplen == 98);
        CHECK(f.wirelen == 98);
        CHECK(f.time == 5'000'000);
        CHECK(std::memcmp(f.data, packet.bytes.data(), 98) == 0);

        auto counts = std::make_unique<wire::FrameCounts>();
        wire::Observation obs[wire::kMaxSasPerFrame];
        REQUIRE(wire::decode_burst(&f, 1, wire::HashKey::fixed(1), obs, *counts) == 2);
        CHECK(obs[0].seq == 0x22);
        CHECK(obs[1].seq == 0x44);
        pipeline::MbufAccess::release(&m, 1);
    }
    CHECK(rte_mempool_in_use_count(p.pool) == 0);
}

TEST_CASE("a trailing FCS is no part of the frame", "[pmd][access]") {
    Pool p;
    const std::vector<test::Packet> none;
    const test::MbufFeed feed(none, p.pool, 0, 1);
    pipeline::MbufFormat format = feed.format();
    format.origins = {pipeline::MbufOrigin{}, pipeline::MbufOrigin{wire::LinkType::ethernet, 4}};
    pipeline::MbufAccess access(format);
    struct Case {
        std::size_t octets;
        std::uint32_t left;
    };
    for (const Case c : {Case{64, 60}, Case{5, 1}, Case{4, 0}, Case{3, 0}}) {
        CAPTURE(c.octets);
        test::Packet packet = test::macsec(1, 0, 1, 0);
        packet.bytes.resize(c.octets);
        rte_mbuf* m = feed.make(packet);
        m->port = 1;
        wire::Frame f{};
        access.open(&m, 1, &f);
        CHECK(f.caplen == c.left);
        CHECK(f.wirelen == c.left);
        CHECK(f.source == 1);
        pipeline::MbufAccess::release(&m, 1);
    }
}
