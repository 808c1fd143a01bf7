// Identities as words, as fields and as what is compared.
#include "catch.hpp"
#include "support/decode_one.hpp"
#include "wire/layer/emit.hpp"

using namespace lacuna;
using namespace lacuna::test;
using wire::Family;

TEST_CASE("layout: the words of a key lie where its fields do", "[wire]") {
    for (const bool multicast : {false, true})
        for (const Family family : {Family::none, Family::ipv4, Family::ipv6})
            for (std::uint8_t an = 0; an < 4; ++an) {
                wire::SaKey key{};
                key.spi = 0x12345678;
                key.protocol = Protocol::ah;
                key.multicast = multicast;
                key.family = family;
                key.an = an & 3;
                key.tag = 0xABCD;
                CHECK(wire::key_word(key, 0)
                      == (wire::key_head(0x12345678, Protocol::ah, an, family, multicast)
                          | wire::key_tag(0xABCD)));
            }
}

namespace {

wire::SaIdentity with_all_octets(Protocol protocol, Family family, bool multicast) {
    wire::SaIdentity id{};
    std::memset(id.key.addr, 0x11, sizeof id.key.addr);
    std::memset(id.src, 0x22, sizeof id.src);
    id.key.protocol = protocol;
    id.key.family = family;
    id.key.multicast = multicast;
    id.key.tag = 7;
    return id;
}

} // namespace

TEST_CASE("layout: what of a packet's key is its identity", "[wire]") {
    struct Row {
        Protocol protocol;
        Family family;
        bool multicast;
        std::size_t addr; ///< octets of SaKey::addr that identify
        bool src;         ///< and whether SaIdentity::src does
    };
    const Row rows[] = {{Protocol::macsec, Family::none, false, 8, false},
                        {Protocol::esp, Family::ipv4, false, 4, false},
                        {Protocol::esp, Family::ipv4, true, 8, false},
                        {Protocol::ah, Family::ipv6, false, 16, false},
                        {Protocol::ah, Family::ipv6, true, 16, true}};
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.protocol), static_cast<int>(row.family), row.multicast);
        const wire::SaIdentity one = with_all_octets(row.protocol, row.family, row.multicast);
        const wire::SaIdentity plain = wire::identity_of(one);
        CHECK(wire::same_identity(one.key, plain.key));
        CHECK(wire::identity_of(plain) == plain);
        CHECK(plain.key.tag == 0);
        const auto hash = wire::identity_hash(one, kTestKey);
        CHECK(wire::identity_hash(plain, kTestKey) == hash);

        wire::SaIdentity other = one;
        other.key.tag = 8;
        CHECK(wire::same_sender(one.key, other.key));
        CHECK(wire::same_identity(one.key, other.key));
        for (std::size_t i = 0; i < sizeof one.key.addr; ++i) {
            CAPTURE(i);
            // Octets that no packet sets belong to nothing.
            if (row.family == Family::ipv4 && i >= 8) continue;
            other = one;
            other.key.addr[i] ^= 0x40;
            const bool identifies = i < row.addr;
            CHECK_FALSE(wire::same_sender(one.key, other.key));
            CHECK(wire::same_identity(one.key, other.key) != identifies);
            CHECK((wire::identity_of(other) == plain) != identifies);
            CHECK((wire::identity_hash(other, kTestKey) == hash) != identifies);
        }
        other = one;
        other.src[15] ^= 1;
        CHECK((wire::identity_of(other) == plain) != row.src);
        CHECK((wire::identity_hash(other, kTestKey) == hash) != row.src);
    }
}

TEST_CASE("layout: every observation has its source", "[wire]") {
    const Bytes user = sealed();
    const Bytes packet = esp(0x1001, 7);
    Ipv4 to_group;
    to_group.dst = kGroup4;
    Ipv6 to_group6;
    to_group6.dst = group6(5);
    const std::string mac = "02:11:22:33:44:55";
    const std::pair<Bytes, std::string> rows[] = {
        {eth(0x0800, ipv4(50, packet)), "10.0.0.1"},
        {eth(0x0800, ipv4(50, packet, to_group)), "10.0.0.1"},
        {eth(0x86DD, ipv6(50, packet)), "2001:db8::1"},
        {eth(0x86DD, ipv6(50, packet, to_group6)), "2001:db8::1"},
        {eth(0x0800, ipv4(17, udp(4500, 4500, packet))), "10.0.0.1"},
        {eth(0x88E5, sectag(SC | E | C, 7, user)), ""},
        {eth(0x88E5, sectag(E | C, 7, user)), mac},
        {eth(0x88E5, sectag(ES | E | C, 7, user)), mac},
        {eth(0x88E5, sectag(0, 7, be(0x0900, 2) + user)), mac}};
    for (const auto& [frame, source] : rows) {
        const Decoded d = decode_one(frame);
        REQUIRE(d.observations.size() == 1);
        CHECK(wire::source_text(d.observations[0].id) == source);
    }
}

TEST_CASE("layout: frames beyond 16 MiB are taken to have as much", "[wire]") {
    for (const std::uint32_t length : {64u, 0xFFFFFFu, 0x1000000u, 0xFFFFFFFFu}) {
        const Bytes frame = eth(0x0800, ipv4(50, esp(0x1001, 7)));
        wire::Frame f{};
        f.data = frame.data();
        f.caplen = static_cast<std::uint32_t>(frame.size());
        f.wirelen = length;
        wire::Observation o;
        const auto counts = std::make_unique<wire::FrameCounts>();
        REQUIRE(wire::decode_burst(&f, 1, kTestKey, &o, *counts) == 1);
        CHECK(o.bytes == std::min(length, wire::kMaxFrameBytes));
        CHECK(o.flags == 0);
        CHECK(counts->bytes == length);
    }
}
