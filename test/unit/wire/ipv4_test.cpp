// ESP and AH over IPv4: options, lengths, fragments, tunnels, and headers that make no sense.
#include "support/decode_one.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

namespace {

const char* const kEsp = "esp-00001001-10.0.0.2=9";
const char* const kAh = "ah-00002002-10.0.0.2=5";

Bytes ip(unsigned protocol, const Bytes& inner, const Ipv4& o = {}) {
    return eth(0x0800, ipv4(protocol, inner, o));
}
Bytes cut(Bytes frame, std::size_t size) {
    frame.resize(size);
    return frame;
}
const Bytes kEspBytes = esp(0x1001, 9);
const Bytes kAhBytes = ah(6, 0x2002, 5, octets(20));

} // namespace

TEST_CASE("ipv4: ESP", "[wire]") {
    check_cases({
        {"plain", ip(50, kEspBytes), "esp", {kEsp}},
        {"SPI 0 and number 0", ip(50, esp(0, 0)), "esp", {"esp-00000000-10.0.0.2=0"}},
        {"largest SPI and number",
         ip(50, esp(0xFFFFFFFF, 0xFFFFFFFF)),
         "esp",
         {"esp-ffffffff-10.0.0.2=4294967295"}},
        {"header and nothing else", ip(50, esp(0x1001, 9, {})), "esp", {kEsp}},
        {"options", ip(50, kEspBytes, {.options = octets(8, 1)}), "esp", {kEsp}},
        {"40 octets of options", ip(50, kEspBytes, {.options = octets(40, 1)}), "esp", {kEsp}},
        {"don't fragment", ip(50, kEspBytes, {.fragment = 0x4000}), "esp", {kEsp}},
        {"reserved flag", ip(50, kEspBytes, {.fragment = 0x8000}), "esp", {kEsp}},
        {"first fragment", ip(50, kEspBytes, {.fragment = 0x2000}), "esp", {kEsp}},
        {"total length 0, as offloading leaves it", ip(50, kEspBytes, {.total = 0}), "esp", {kEsp}},
        {"total length beyond the capture", ip(50, kEspBytes, {.total = 1500}), "esp", {kEsp}},
        {"padding behind", ip(50, esp(0x1001, 9, {})) + octets(18, 0), "esp", {kEsp}},
        {"broadcast destination is no group",
         ip(50, kEspBytes, {.dst = 0xFFFFFFFF}),
         "esp",
         {"esp-00001001-255.255.255.255=9"}},
        {"below the groups",
         ip(50, kEspBytes, {.dst = 0xDFFFFFFF}),
         "esp",
         {"esp-00001001-223.255.255.255=9"}},
        {"above the groups",
         ip(50, kEspBytes, {.dst = 0xF0000000}),
         "esp",
         {"esp-00001001-240.0.0.0=9"}},
        {"first group: the source joins",
         ip(50, kEspBytes, {.dst = 0xE0000000}),
         "esp",
         {"esp-00001001-224.0.0.0-10.0.0.1=9"}},
        {"last group: the source joins",
         ip(50, kEspBytes, {.dst = 0xEFFFFFFF}),
         "esp",
         {"esp-00001001-239.255.255.255-10.0.0.1=9"}},
        {"raw IP", ipv4(50, kEspBytes), "esp", {kEsp}, LinkType::raw_ip},
        {"cooked v1", sll(0x0800, ipv4(50, kEspBytes)), "esp", {kEsp}, LinkType::linux_sll},
        {"cooked v2", sll2(0x0800, ipv4(50, kEspBytes)), "esp", {kEsp}, LinkType::linux_sll2},
        {"VLAN", eth(0x8100, tag(0x0800, ipv4(50, kEspBytes))), "esp", {kEsp}},
        {"MPLS", eth(0x8847, label(false, label(true, ipv4(50, kEspBytes)))), "esp", {kEsp}},
        {"MPLS multicast", eth(0x8848, label(true, ipv4(50, kEspBytes))), "esp", {kEsp}},
        {"SNAP", eth(80, snap(0x0800, ipv4(50, kEspBytes))), "esp", {kEsp}},
        {"SNAP, bridge tunnel", eth(80, snap(0x0800, ipv4(50, kEspBytes), 0xF8)), "esp", {kEsp}},
        {"SNAP behind a VLAN tag",
         eth(0x8100, tag(80, snap(0x0800, ipv4(50, kEspBytes)))),
         "esp",
         {kEsp}},
    });
}

TEST_CASE("ipv4: AH, and what it protects", "[wire]") {
    const auto esp_inside = [](unsigned words, std::size_t icv) {
        return ip(51, ah(50, 0x2002, 5, kEspBytes, words, icv));
    };
    check_cases({
        {"before TCP", ip(51, kAhBytes), "ah", {kAh}},
        {"before ESP: both", esp_inside(4, 12), "ah", {kAh, kEsp}},
        {"before AH: both",
         ip(51, ah(51, 0x2002, 5, ah(6, 3, 4))),
         "ah",
         {kAh, "ah-00000003-10.0.0.2=4"}},
        {"odd length is followed", esp_inside(5, 16), "ah", {kAh, kEsp}},
        {"no ICV at all", esp_inside(1, 0), "ah", {kAh, kEsp}},
        {"length field below its header", esp_inside(0, 12), "ah", {kAh}},
        {"length field beyond the packet", esp_inside(200, 12), "ah", {kAh}},
        {"exactly 12 octets", ip(51, ah(6, 0x2002, 5, {}, 4, 0)), "ah", {kAh}},
        {"before ESP in UDP",
         ip(51, ah(17, 0x2002, 5, udp(4500, 4500, kEspBytes))),
         "ah",
         {kAh, kEsp}},
        {"before a tunnel with ESP",
         ip(51, ah(4, 0x2002, 5, ipv4(50, kEspBytes, {.dst = 0x0A000003}))),
         "ah",
         {kAh, "esp-00001001-10.0.0.3=9"}},
        {"before an IPv6 tunnel with ESP",
         ip(51, ah(41, 0x2002, 5, ipv6(50, kEspBytes))),
         "ah",
         {kAh, "esp-00001001-2001:db8::2=9"}},
        {"before a cut ESP: the class stays", ip(51, ah(50, 0x2002, 5, octets(7))), "ah", {kAh}},
        {"before a bad IP header: the class stays",
         ip(51, ah(4, 0x2002, 5, ipv4(50, kEspBytes, {.ihl = 3}))),
         "ah",
         {kAh}},
        {"IPv6 extension headers are none behind IPv4",
         ip(51, ah(60, 0x2002, 5, extension(50, kEspBytes))),
         "ah",
         {kAh}},
        {"to a group, the source joins",
         ip(51, kAhBytes, {.dst = kGroup4}),
         "ah",
         {"ah-00002002-239.1.2.3-10.0.0.1=5"}},
    });
}

TEST_CASE("ipv4: malformed is what cannot be identified or numbered", "[wire]") {
    check_cases({
        {"7 octets of ESP", ip(50, octets(7)), "malformed"},
        {"no octet of ESP", ip(50, {}), "malformed"},
        {"8 octets captured, 7 by the length", ip(50, kEspBytes, {.total = 27}), "malformed"},
        {"8 by the length, 7 captured", cut(ip(50, kEspBytes), 14 + 27), "malformed"},
        {"7 octets and padding", ip(50, octets(7)) + octets(19, 0), "malformed"},
        {"11 octets of AH", ip(51, octets(11)), "malformed"},
        {"11 by the length", ip(51, kAhBytes, {.total = 31}), "malformed"},
        {"ESP behind a header length of 4", ip(50, kEspBytes, {.ihl = 4}), "malformed"},
        {"AH behind a header length of 0", ip(51, kAhBytes, {.ihl = 0}), "malformed"},
        {"ESP, options beyond the frame", ip(50, octets(8), {.ihl = 15}), "malformed"},
        {"ESP, total length below the header", ip(50, kEspBytes, {.total = 19}), "malformed"},
        {"ESP, options beyond the total length",
         ip(50, kEspBytes, {.options = octets(12, 1), .total = 24}), "malformed"},
        {"ESP, cut behind the protocol field", cut(ip(50, kEspBytes), 14 + 10), "malformed"},
        {"ESP, cut before the destination's last octet", cut(ip(50, kEspBytes), 14 + 19),
         "malformed"},
    });
}

TEST_CASE("ipv4: everything else has a name", "[wire]") {
    check_cases({
        {"TCP", ip(6, octets(20)), "ipv4/tcp"},
        {"UDP", ip(17, udp(1000, 2000, octets(9))), "ipv4/udp"},
        {"ICMP", ip(1, octets(8)), "icmp"},
        {"ICMP quoting ESP", ip(1, Bytes{3, 1, 0, 0, 0, 0, 0, 0} + ipv4(50, kEspBytes)), "icmp"},
        {"GRE of a later version", ip(47, be(0x00020800, 4) + ipv4(50, kEspBytes)), "ipv4/gre"},
        {"IGMP", ip(2, octets(8)), "ipv4/igmp"},
        {"OSPF", ip(89, octets(24)), "ipv4/ospf"},
        {"SCTP", ip(132, octets(12)), "ipv4/sctp"},
        {"unassigned", ip(200, octets(12)), "ipv4/proto-200"},
        {"later fragment of ESP", ip(50, kEspBytes, {.fragment = 1}), "ip-fragment"},
        {"each bit of the offset alone", ip(50, kEspBytes, {.fragment = 0x1000}), "ip-fragment"},
        {"last fragment of AH", ip(51, kAhBytes, {.fragment = 0x1FFF}), "ip-fragment"},
        {"middle fragment of UDP 4500", ip(17, udp(4500, 4500, kEspBytes), {.fragment = 0x2010}),
         "ip-fragment"},
        {"version 5", ip(50, kEspBytes, {.version = 5}), "ipv4/bad-header"},
        {"version 6 behind IPv4's EtherType", eth(0x0800, ipv6(50, kEspBytes)), "ipv4/bad-header"},
        {"TCP behind a header length of 4", ip(6, octets(20), {.ihl = 4}), "ipv4/bad-header"},
        {"TCP, options beyond the frame", ip(6, octets(8), {.ihl = 15}), "ipv4/bad-header"},
        {"TCP, total length below the header", ip(6, octets(20), {.total = 12}), "ipv4/bad-header"},
        {"TCP, cut in its IP header", cut(ip(6, octets(20)), 14 + 19), "truncated"},
        {"cut before the protocol field", cut(ip(50, kEspBytes), 14 + 9), "truncated"},
        {"EtherType and nothing else", eth(0x0800), "truncated"},
        {"raw IP, neither version",
         be(0x50, 1) + octets(30),
         "ipv4/bad-header",
         {},
         LinkType::raw_ip},
        {"raw IP, empty", {}, "runt", {}, LinkType::raw_ip},
    });
}

TEST_CASE("ipv4: tunnels are followed to a bound", "[wire]") {
    const auto nested = [](unsigned headers, const Bytes& innermost, unsigned protocol) {
        Bytes packet = ipv4(protocol, innermost, {.dst = 0x0A000063});
        for (unsigned i = 1; i < headers; ++i)
            packet = ipv4(4, packet);
        return packet;
    };
    check_cases({
        {"ESP in IPv4 in IPv4",
         eth(0x0800, nested(2, kEspBytes, 50)),
         "esp",
         {"esp-00001001-10.0.0.99=9"}},
        {"ESP in IPv6 in IPv4", ip(41, ipv6(50, kEspBytes)), "esp", {"esp-00001001-2001:db8::2=9"}},
        {"TCP in IPv6 in IPv4", ip(41, ipv6(6, octets(20))), "ipv6/tcp"},
        {"outer length bounds the inner packet", ip(4, ipv4(50, kEspBytes), {.total = 20 + 20 + 7}),
         "malformed"},
        {"a fragment inside", ip(4, ipv4(50, kEspBytes, {.fragment = 3})), "ip-fragment"},
        {"eight headers",
         eth(0x0800, nested(8, kEspBytes, 50)),
         "esp",
         {"esp-00001001-10.0.0.99=9"}},
        {"nine headers", eth(0x0800, nested(9, kEspBytes, 50)), "ip-nesting"},
        {"nine headers behind AH", ip(51, ah(4, 0x2002, 5, nested(8, kEspBytes, 50))), "ah", {kAh}},
    });
}
