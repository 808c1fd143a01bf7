// SecTAG decoding: every bit of the TCI, both kinds of SCI, what is malformed and what is not.
#include "support/decode_one.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

namespace {

constexpr unsigned kMacsec = 0x88E5;
const char* const kExplicit = "macsec-0200000070010001-0=7";
/// The source MAC of the builder's Ethernet header, with port 1 or 0.
const char* const kImplicit = "macsec-0211223344550001-0=7";
const char* const kImplicitBroadcast = "macsec-0211223344550000-0=7";

Bytes macsec(unsigned tci_an, const Bytes& inner = sealed()) {
    return eth(kMacsec, sectag(tci_an, 7, inner));
}
Bytes cut(Bytes frame, std::size_t size) {
    frame.resize(size);
    return frame;
}

} // namespace

TEST_CASE("macsec: the SCI and the number are read", "[wire]") {
    check_cases({
        {"explicit SCI, encrypted", macsec(SC | E | C), "macsec", {kExplicit}},
        {"explicit SCI, E alone", macsec(SC | E), "macsec", {kExplicit}},
        {"explicit SCI, C alone", macsec(SC | C), "macsec", {kExplicit}},
        {"explicit SCI beside ES", macsec(SC | ES | E | C), "macsec", {kExplicit}},
        {"explicit SCI beside SCB", macsec(SC | SCB | E | C), "macsec", {kExplicit}},
        {"explicit SCI beside ES and SCB", macsec(SC | ES | SCB | E | C), "macsec", {kExplicit}},
        {"implicit SCI, end station", macsec(ES | E | C), "macsec", {kImplicit}},
        {"implicit SCI, broadcast", macsec(ES | SCB | E | C), "macsec", {kImplicitBroadcast}},
        {"implicit SCI, sole peer", macsec(E | C), "macsec", {kImplicit}},
        {"broadcast without ES", macsec(SCB | E | C), "macsec", {kImplicitBroadcast}},
        {"AN 1", macsec(SC | E | C | 1), "macsec", {"macsec-0200000070010001-1=7"}},
        {"AN 2", macsec(SC | E | C | 2), "macsec", {"macsec-0200000070010001-2=7"}},
        {"AN 3, implicit", macsec(ES | E | C | 3), "macsec", {"macsec-0211223344550001-3=7"}},
        {"PN 0",
         eth(kMacsec, sectag(SC | E, 0, sealed())),
         "macsec",
         {"macsec-0200000070010001-0=0"}},
        {"largest PN",
         eth(kMacsec, sectag(SC | E, 0xFFFFFFFF, sealed())),
         "macsec",
         {"macsec-0200000070010001-0=4294967295"}},
        {"wrong short length",
         eth(kMacsec, sectag(SC | E, 7, sealed(), kSci, 0x3F)),
         "macsec",
         {kExplicit}},
        {"reserved bits of the short length",
         eth(kMacsec, sectag(SC | E, 7, sealed(), kSci, 0xFF)),
         "macsec",
         {kExplicit}},
        {"nothing behind the SecTAG, no room for an ICV",
         macsec(SC | E | C, {}),
         "macsec",
         {kExplicit}},
        {"SCI of all ones",
         eth(kMacsec, sectag(SC | E, 7, sealed(), ~std::uint64_t{0})),
         "macsec",
         {"macsec-ffffffffffffffff-0=7"}},
    });
}

TEST_CASE("macsec: only SC=0 with ES=0 assumes the SCI", "[wire]") {
    struct Row {
        const char* name;
        unsigned tci;
        unsigned flags;
    };
    const Row rows[] = {
        {"explicit", SC | E, 0},
        {"explicit, ES", SC | ES | E, 0},
        {"explicit, SCB", SC | SCB | E, 0},
        {"end station", ES | E, 0},
        {"end station, SCB", ES | SCB | E, 0},
        {"sole peer", E, wire::kSciAssumed},
        {"sole peer, SCB", SCB | E, wire::kSciAssumed},
        {"sole peer, integrity alone", 0, wire::kSciAssumed},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const Decoded d = decode_one(macsec(row.tci));
        REQUIRE(d.observations.size() == 1);
        CHECK(d.observations[0].flags == row.flags);
    }
}

TEST_CASE("macsec: malformed is what cannot be identified or numbered", "[wire]") {
    check_cases({
        {"no octet of the SecTAG", eth(kMacsec), "malformed"},
        {"5 octets, SC=0", cut(macsec(ES | E), 14 + 5), "malformed"},
        {"6 octets, SC=0", cut(macsec(ES | E), 14 + 6), "macsec", {kImplicit}},
        {"6 octets, SC=1", cut(macsec(SC | E), 14 + 6), "malformed"},
        {"13 octets, SC=1", cut(macsec(SC | E), 14 + 13), "malformed"},
        {"14 octets, SC=1", cut(macsec(SC | E), 14 + 14), "macsec", {kExplicit}},
        {"version 1", macsec(V | SC | E | C), "malformed"},
        {"version 1, implicit SCI", macsec(V | ES), "malformed"},
        {"cut behind a VLAN tag", eth(0x8100, tag(kMacsec, be(E, 1))), "malformed"},
    });
}

TEST_CASE("macsec: behind tags, and its SCI from any link type", "[wire]") {
    const Bytes secured = sectag(SC | E | C, 7, sealed());
    const Bytes implicit = sectag(ES | E | C, 7, sealed());
    check_cases({
        {"802.1Q", eth(0x8100, tag(kMacsec, secured)), "macsec", {kExplicit}},
        {"802.1ad and 802.1Q",
         eth(0x88A8, tag(0x8100, tag(kMacsec, secured))),
         "macsec",
         {kExplicit}},
        {"0x9100 three times",
         eth(0x9100, tag(0x9100, tag(0x9100, tag(kMacsec, secured)))),
         "macsec",
         {kExplicit}},
        {"VLAN, implicit SCI", eth(0x8100, tag(kMacsec, implicit)), "macsec", {kImplicit}},
        {"SNAP", eth(60, snap(kMacsec, secured)), "macsec", {kExplicit}},
        {"cooked v1", sll(kMacsec, implicit), "macsec", {kImplicit}, LinkType::linux_sll},
        {"cooked v2", sll2(kMacsec, implicit), "macsec", {kImplicit}, LinkType::linux_sll2},
        {"cooked v1, address of 8 octets",
         sll(kMacsec, implicit, 8),
         "macsec",
         {"macsec-0000000000000001-0=7"},
         LinkType::linux_sll},
        {"cooked v2, no address",
         sll2(kMacsec, implicit, 0),
         "macsec",
         {"macsec-0000000000000001-0=7"},
         LinkType::linux_sll2},
        {"cooked v1, explicit",
         sll(kMacsec, secured, 0),
         "macsec",
         {kExplicit},
         LinkType::linux_sll},
    });
}

TEST_CASE("macsec: what integrity alone leaves readable is decoded on", "[wire]") {
    const Bytes icv = octets(16);
    const Bytes inner_ip = be(0x0800, 2) + ipv4(50, esp(0x1001, 9)) + icv;
    const std::string inner_esp = "esp-00001001-10.0.0.2=9";
    check_cases({
        {"ESP inside", macsec(SC, inner_ip), "macsec", {kExplicit, inner_esp}},
        {"ESP inside, implicit SCI", macsec(ES, inner_ip), "macsec", {kImplicit, inner_esp}},
        {"nothing is readable with E=1", macsec(SC | E, inner_ip), "macsec", {kExplicit}},
        {"nothing is readable with C=1", macsec(SC | C, inner_ip), "macsec", {kExplicit}},
        {"VLAN inside",
         macsec(SC, be(0x8100, 2) + tag(0x0800, ipv4(50, esp(0x1001, 9)))),
         "macsec",
         {kExplicit, inner_esp}},
        {"AH and ESP inside",
         macsec(SC, be(0x0800, 2) + ipv4(51, ah(50, 5, 6, esp(0x1001, 9)))),
         "macsec",
         {kExplicit, "ah-00000005-10.0.0.2=6", inner_esp}},
        {"MACsec inside MACsec, same source address",
         macsec(SC, be(kMacsec, 2) + sectag(ES | 1, 11, be(0x0800, 2) + ipv4(6))),
         "macsec",
         {kExplicit, "macsec-0211223344550001-1=11"}},
        {"TCP inside changes nothing",
         macsec(SC, be(0x0800, 2) + ipv4(6, octets(20))),
         "macsec",
         {kExplicit}},
        {"ARP inside changes nothing",
         macsec(SC, be(0x0806, 2) + octets(28)),
         "macsec",
         {kExplicit}},
        {"cut ESP inside changes nothing",
         macsec(SC, be(0x0800, 2) + ipv4(50, octets(7))),
         "macsec",
         {kExplicit}},
        {"cut SecTAG inside changes nothing",
         macsec(SC, be(kMacsec, 2) + octets(3)),
         "macsec",
         {kExplicit}},
        {"one octet inside", macsec(SC, octets(1)), "macsec", {kExplicit}},
        {"LLC inside",
         macsec(SC, be(40, 2) + snap(0x0800, ipv4(50, esp(0x1001, 9)))),
         "macsec",
         {kExplicit, inner_esp}},
    });
}

TEST_CASE("macsec: nesting beyond what is followed is counted", "[wire]") {
    const auto nested = [](std::size_t depth) {
        Bytes inner;
        for (std::size_t i = depth; i > 0; --i)
            inner = be(kMacsec, 2) + sectag(SC, static_cast<std::uint32_t>(i), inner);
        return kDstMac + kSrcMac + inner;
    };
    const Decoded all = decode_one(nested(wire::kMaxSasPerFrame));
    CHECK(all.what == "macsec");
    CHECK(all.seen.size() == wire::kMaxSasPerFrame);
    CHECK(all.seen.back() == "macsec-0200000070010001-0=8");
    CHECK(all.nesting_cut == 0);

    const Decoded deeper = decode_one(nested(wire::kMaxSasPerFrame + 1));
    CHECK(deeper.what == "macsec");
    CHECK(deeper.seen == all.seen);
    CHECK(deeper.nesting_cut == 1);
    CHECK(decode_one(nested(100)).nesting_cut == 1);
}
