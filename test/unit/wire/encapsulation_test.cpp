// What may be wrapped around a numbered packet: each kind alone, nested, cut, and not what its port
// or EtherType says.
#include "support/nested_frames.hpp"
#include "support/wrapped_frames.hpp"

#include <span>

using namespace lacuna;
using namespace lacuna::test;
using wire::Encapsulation;

namespace {

/// What the observations say they were inside of.
void check_inside(const char* name, const Bytes& frame, Encapsulation inside,
                  const char* seen = kEsp) {
    CAPTURE(name);
    const Decoded d = decode_one(frame, frame.size());
    REQUIRE(d.seen == std::vector<std::string>{seen});
    CHECK(d.observations.front().inside() == inside);
}

} // namespace

TEST_CASE("encapsulation: what is wrapped around is looked through, and told", "[wire]") {
    const Bytes erspan2 = be(0x1000, 2) + octets(6, 0) + kFrame;
    const Bytes erspan3 = be(0x2000, 2) + octets(10, 0) + kFrame;
    const Bytes erspan3_more = be(0x2000, 2) + octets(9, 0) + be(1, 1) + octets(8, 0) + kFrame;
    check_inside("none", kFrame, Encapsulation::none);
    check_inside("GRE", over_ip(47, gre(0, 0x0800, kPacket)), Encapsulation::gre);
    check_inside("GRE with all fields", over_ip(47, gre(0xB000, 0x0800, kPacket)),
                 Encapsulation::gre);
    check_inside("gretap", over_ip(47, gre(0, 0x6558, kFrame)), Encapsulation::gretap);
    check_inside("NVGRE", over_ip(47, gre(0x2000, 0x6558, kFrame)), Encapsulation::nvgre);
    check_inside("ERSPAN I", over_ip(47, gre(0, 0x88BE, kFrame)), Encapsulation::erspan);
    check_inside("ERSPAN II", over_ip(47, gre(0x1000, 0x88BE, erspan2)), Encapsulation::erspan);
    check_inside("ERSPAN III", over_ip(47, gre(0x1000, 0x22EB, erspan3)), Encapsulation::erspan);
    check_inside("ERSPAN III, subheader", over_ip(47, gre(0x1000, 0x22EB, erspan3_more)),
                 Encapsulation::erspan);
    check_inside(
        "ERSPAN III, an IP packet",
        over_ip(47, gre(0x1000, 0x22EB, be(0x2000, 2) + octets(8, 0) + be(0x0800, 2) + kPacket)),
        Encapsulation::erspan);
    check_inside("PPTP", over_ip(47, gre(0x3001, 0x880B, ppp(0x0021, kPacket))),
                 Encapsulation::pptp);
    check_inside("VXLAN", over_udp(4789, vxlan(kFrame)), Encapsulation::vxlan);
    check_inside("VXLAN on the old port", over_udp(8472, vxlan(kFrame)), Encapsulation::vxlan);
    check_inside("VXLAN, group policy", over_udp(4789, vxlan(kFrame, 0x88)), Encapsulation::vxlan);
    check_inside("VXLAN, MACsec inside", over_udp(4789, vxlan(kSecured)), Encapsulation::vxlan,
                 kTag);
    check_inside("VXLAN over IPv6", eth(0x86DD, ipv6(17, udp(40000, 4789, vxlan(kFrame)))),
                 Encapsulation::vxlan);
    check_inside("VXLAN-GPE, IP", over_udp(4790, be(0x0C000001, 4) + be(0, 4) + kPacket),
                 Encapsulation::vxlan_gpe);
    check_inside("VXLAN-GPE, Ethernet", over_udp(4790, be(0x0C000003, 4) + be(0, 4) + kFrame),
                 Encapsulation::vxlan_gpe);
    check_inside("GENEVE, Ethernet", over_udp(6081, geneve(0x6558, kFrame)), Encapsulation::geneve);
    check_inside("GENEVE, IP, options", over_udp(6081, geneve(0x0800, kPacket, 3)),
                 Encapsulation::geneve);
    check_inside("GTP-U", over_udp(2152, gtp(kPacket)), Encapsulation::gtp_u);
    check_inside(
        "GTP-U, number and extension",
        over_udp(2152, gtp(kPacket, 0x36,
                           be(1, 2) + be(0, 1) + be(0x85, 1) + be(1, 1) + be(0, 2) + be(0, 1))),
        Encapsulation::gtp_u);
    check_inside("L2TP", over_udp(1701, be(0x0002, 2) + be(1, 2) + be(2, 2) + ppp(0x21, kPacket)),
                 Encapsulation::l2tp);
    check_inside("L2TP, length and numbers",
                 over_udp(1701, be(0x4802, 2) + be(0, 2) + be(1, 2) + be(2, 2) + be(3, 4)
                                    + ppp(0x21, kPacket)),
                 Encapsulation::l2tp);
    check_inside("L2TPv3", over_ip(115, be(0x1234, 4) + kFrame), Encapsulation::l2tpv3);
    check_inside("L2TPv3, cookie", over_ip(115, be(0x1234, 4) + octets(8) + kFrame),
                 Encapsulation::l2tpv3);
    check_inside("PPPoE", eth(0x8864, pppoe(ppp(0x0021, kPacket))), Encapsulation::pppoe);
    check_inside("PPPoE, compressed protocol", eth(0x8864, pppoe(be(0x21, 1) + kPacket)),
                 Encapsulation::pppoe);
    check_inside("TZSP", over_udp(37008, be(0x01000001, 4) + be(1, 1) + kFrame),
                 Encapsulation::tzsp);
    check_inside("TZSP, fields",
                 over_udp(37008, be(0x01000001, 4) + be(0, 1) + be(10, 1) + be(1, 1) + be(5, 1)
                                     + be(1, 1) + kFrame),
                 Encapsulation::tzsp);
    check_inside("EtherIP", over_ip(97, be(0x3000, 2) + kFrame), Encapsulation::etherip);
    check_inside("PBB", eth(0x88E7, be(0x100, 4) + kSecured), Encapsulation::pbb, kTag);
    check_inside("pseudowire", eth(0x8847, label(true, kFrame)), Encapsulation::pseudowire);
    check_inside("pseudowire, control word", eth(0x8847, label(true, be(0, 4) + kSecured)),
                 Encapsulation::pseudowire, kTag);
    check_inside("pseudowire, a tag inside",
                 eth(0x8847, label(true, eth(0xF1C1, be(0, 4) + be(0x88E5, 2)
                                                         + sectag(SC | E | C | 2, 77, sealed())))),
                 Encapsulation::pseudowire, kTag);
    Bytes like_ip = kFrame;
    like_ip[0] = 0x46;
    check_inside("pseudowire, an address that begins as IP does", eth(0x8847, label(true, like_ip)),
                 Encapsulation::pseudowire);
    check_inside("GTP-U, Ethernet session", over_udp(2152, gtp(kFrame)), Encapsulation::gtp_u);
    check_inside("ESP in TCP", over_ip(6, tcp(40000, 4500, message(esp(0x1001, 9)))),
                 Encapsulation::tcp, "esp-00001001-192.0.2.2=9");
}

TEST_CASE("encapsulation: tags before an EtherType identify nothing", "[wire]") {
    const Bytes tagged = be(0, 4) + be(0x88E5, 2) + sectag(SC | E | C | 2, 77, sealed());
    check_inside("R-TAG", eth(0xF1C1, tagged), Encapsulation::none, kTag);
    check_inside("HSR", eth(0x892F, tagged), Encapsulation::none, kTag);
    check_inside("VN-tag", eth(0x8926, tagged), Encapsulation::none, kTag);
    check_inside("E-tag", eth(0x893F, be(0, 2) + tagged), Encapsulation::none, kTag);
    check_inside("Cisco CMD", eth(0x8909, be(0x0101, 2) + tagged), Encapsulation::none, kTag);
    check_inside("SecTAG behind labels (ANYsec)",
                 eth(0x8847, label(false, label(true, be(0x88E5, 2)
                                                          + sectag(SC | E | C | 2, 77, sealed())))),
                 Encapsulation::none, kTag);
}

TEST_CASE("encapsulation: nesting is followed to a bounded depth", "[wire]") {
    Bytes frame = kFrame;
    for (unsigned depth = 1; depth <= wire::kMaxEncapsulations; ++depth) {
        frame = over_udp(4789, vxlan(frame));
        check_inside("nested", frame, Encapsulation::vxlan);
    }
    frame = over_udp(4789, vxlan(frame));
    CHECK(decode_one(frame, frame.size()).what == "encapsulation-nesting");
    check_inside("the innermost is told",
                 over_ip(47, gre(0, 0x6558, over_udp(4789, vxlan(kFrame)))), Encapsulation::vxlan);
    check_inside(
        "PPPoE in VXLAN in a VLAN",
        eth(0x8100,
            tag(0x0800, ipv4(17, udp(1, 4789, vxlan(eth(0x8864, pppoe(ppp(0x21, kPacket)))))))),
        Encapsulation::pppoe);
}

TEST_CASE("encapsulation: what cannot be one is named by its role", "[wire]") {
    check_cases({
        {"GRE version 2", over_ip(47, gre(2, 0x0800, kPacket)), "ipv4/gre"},
        {"GRE cut", over_ip(47, be(0x2000, 2) + be(0x0800, 2)), "ipv4/gre"},
        {"GRE keepalive", over_ip(47, gre(0, 0, {})), "ipv4/gre"},
        {"VXLAN without its flag", over_udp(4789, vxlan(kFrame, 0)), "vxlan"},
        {"VXLAN, something else inside", over_udp(4789, vxlan(eth(0x0806, octets(28)))), "arp"},
        {"VXLAN cut", over_udp(4789, be(0x08000000, 4)), "vxlan"},
        {"GENEVE version 1", over_udp(6081, be(0x40, 1) + octets(7, 0) + kFrame), "geneve"},
        {"GENEVE, options beyond the end", over_udp(6081, geneve(0x0800, {}, 0) + be(0, 1)),
         "ipv4/bad-header"},
        {"GTP-U echo", over_udp(2152, be(0x3201, 2) + octets(10, 0)), "gtp-u"},
        {"GTP-U, no IP inside", over_udp(2152, gtp(octets(20, 0))), "gtp-u"},
        {"GTP-U, extension of no length",
         over_udp(2152, gtp(kPacket, 0x34, be(0, 2) + be(0, 1) + be(0x85, 1) + be(0, 4))), "gtp-u"},
        {"L2TP control", over_udp(1701, be(0xC802, 2) + octets(10, 0)), "l2tp"},
        {"L2TPv3 control", over_ip(115, be(0, 4) + kFrame), "ipv4/l2tp"},
        {"PPPoE discovery", eth(0x8863, octets(20, 0)), "pppoe-discovery"},
        {"PPP, LCP", eth(0x8864, pppoe(ppp(0xC021, octets(8)))), "ppp-control"},
        {"TZSP without an end mark", over_udp(37008, be(0x01000001, 4) + octets(6, 0)), "tzsp"},
        {"EtherIP version 2", over_ip(97, be(0x2000, 2) + kFrame), "ipv4/etherip"},
        {"PBB cut", eth(0x88E7, be(0, 2)), "pbb"},
        {"IKE in TCP", over_ip(6, tcp(40000, 4500, message(octets(4, 0) + octets(28)))),
         "esp-in-tcp"},
        {"part of a message in TCP", over_ip(6, tcp(40000, 4500, octets(40))), "esp-in-tcp"},
        {"TCP 4500 without payload", over_ip(6, tcp(40000, 4500, {})), "ipv4/tcp"},
        {"DNS answers a client on port 4500", over_udp(4500, octets(40), 53), "dns"},
    });
}

TEST_CASE("encapsulation: MPLS in IP and in UDP, and a frame whose address looks like IP",
          "[wire]") {
    const Bytes stack = label(false, {}) + label(true, kPacket);
    check_inside("in IP", over_ip(137, stack), Encapsulation::mpls);
    check_inside("in UDP", over_udp(6635, stack), Encapsulation::mpls);
    check_inside("SecTAG behind it",
                 over_udp(6635, label(true, Bytes(kSecured.begin() + 12, kSecured.end()))),
                 Encapsulation::mpls, kTag);
    for (const unsigned first : {0x45u, 0x4Cu, 0x60u, 0x6Cu}) {
        CAPTURE(first);
        Bytes frame = kFrame;
        frame[0] = static_cast<std::uint8_t>(first & 0xFF);
        check_inside("its destination begins as IP does", eth(0x8847, label(true, frame)),
                     Encapsulation::pseudowire);
    }
    // And IP whose addresses look like an EtherType stays IP.
    const Bytes odd = ipv4(50, esp(0x1001, 9), {.src = 0x08004511, .dst = 0x0A000002});
    check_inside("IP all the same", eth(0x8847, label(true, odd)), Encapsulation::none);
    const Bytes brief =
        ipv4(50, esp(0x1001, 9, octets(10)), {.src = 0x08004511, .dst = 0x0A000002});
    check_inside("padded", eth(0x8847, label(true, brief)) + octets(4, 0), Encapsulation::none);
}

TEST_CASE("encapsulation: all frames of seeds and benchmarks are looked through", "[wire]") {
    for (const auto& [name, frame] : nested_frames(kPacket)) {
        CAPTURE(name);
        CHECK(decode_one(frame).seen == std::vector<std::string>{kEsp});
    }
}
