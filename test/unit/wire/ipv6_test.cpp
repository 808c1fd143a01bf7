// ESP and AH over IPv6: extension headers, fragments, lengths of zero.
#include "support/decode_one.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

namespace {

const char* const kEsp = "esp-00001001-2001:db8::2=9";
const char* const kAh = "ah-00002002-2001:db8::2=5";

Bytes ip(unsigned next, const Bytes& inner, const Ipv6& o = {}) {
    return eth(0x86DD, ipv6(next, inner, o));
}
Bytes cut(Bytes frame, std::size_t size) {
    frame.resize(size);
    return frame;
}
const Bytes kEspBytes = esp(0x1001, 9);
const Bytes kAhBytes = ah(6, 0x2002, 5, octets(20));

} // namespace

TEST_CASE("ipv6: ESP and AH", "[wire]") {
    check_cases({
        {"ESP", ip(50, kEspBytes), "esp", {kEsp}},
        {"AH", ip(51, kAhBytes), "ah", {kAh}},
        {"ESP behind AH: both", ip(51, ah(50, 0x2002, 5, kEspBytes)), "ah", {kAh, kEsp}},
        {"ESP behind AH and destination options",
         ip(51, ah(60, 0x2002, 5, extension(50, kEspBytes))),
         "ah",
         {kAh, kEsp}},
        {"payload length 0, as jumbograms have it",
         ip(50, kEspBytes, {.payload = 0}),
         "esp",
         {kEsp}},
        {"payload length beyond the capture", ip(50, kEspBytes, {.payload = 9000}), "esp", {kEsp}},
        {"ESP to a group, the source joins",
         ip(50, kEspBytes, {.dst = group6(7)}),
         "esp",
         {"esp-00001001-ff0e::7-2001:db8::1=9"}},
        {"AH to a group, the source joins",
         ip(51, kAhBytes, {.dst = group6(7)}),
         "ah",
         {"ah-00002002-ff0e::7-2001:db8::1=5"}},
        {"raw IP", ipv6(50, kEspBytes), "esp", {kEsp}, LinkType::raw_ip},
        {"VLAN", eth(0x8100, tag(0x86DD, ipv6(50, kEspBytes))), "esp", {kEsp}},
        {"MPLS", eth(0x8847, label(true, ipv6(50, kEspBytes))), "esp", {kEsp}},
        {"in IPv4 in IPv6", ip(4, ipv4(50, kEspBytes)), "esp", {"esp-00001001-10.0.0.2=9"}},
        {"in IPv6 in IPv6",
         ip(41, ipv6(50, kEspBytes, {.dst = doc6(0x99)})),
         "esp",
         {"esp-00001001-2001:db8::99=9"}},
        {"in UDP", ip(17, udp(4500, 4500, kEspBytes)), "esp", {kEsp}},
    });
}

TEST_CASE("ipv6: extension headers are stepped over", "[wire]") {
    check_cases({
        {"hop-by-hop", ip(0, extension(50, kEspBytes)), "esp", {kEsp}},
        {"routing is not applied", ip(43, extension(50, kEspBytes, 2)), "esp", {kEsp}},
        {"destination options", ip(60, extension(50, kEspBytes)), "esp", {kEsp}},
        {"mobility", ip(135, extension(50, kEspBytes)), "esp", {kEsp}},
        {"HIP", ip(139, extension(50, kEspBytes)), "esp", {kEsp}},
        {"Shim6", ip(140, extension(50, kEspBytes)), "esp", {kEsp}},
        {"longest", ip(60, extension(50, kEspBytes, 255)), "esp", {kEsp}},
        {"first fragment", ip(44, fragment6(50, 0, true, kEspBytes)), "esp", {kEsp}},
        {"atomic fragment", ip(44, fragment6(50, 0, false, kEspBytes)), "esp", {kEsp}},
        {"all of them, odd order",
         ip(60, extension(0, extension(43, extension(44, fragment6(51, 0, true, kAhBytes), 1)))),
         "ah",
         {kAh}},
        {"later fragment", ip(44, fragment6(50, 8, false, kEspBytes)), "ip-fragment"},
        {"later fragment behind routing",
         ip(43, extension(44, fragment6(51, 1448, true, kAhBytes))), "ip-fragment"},
        {"before TCP", ip(0, extension(6, octets(20))), "ipv6/tcp"},
    });
}

TEST_CASE("ipv6: malformed is what cannot be identified or numbered", "[wire]") {
    check_cases({
        {"7 octets of ESP", ip(50, octets(7)), "malformed"},
        {"7 by the length", ip(50, kEspBytes, {.payload = 7}), "malformed"},
        {"11 octets of AH", ip(51, octets(11)), "malformed"},
        {"ESP, cut in the IPv6 header", cut(ip(50, kEspBytes), 14 + 39), "malformed"},
        {"ESP, cut behind the next header field", cut(ip(50, kEspBytes), 14 + 7), "malformed"},
        {"ESP, extension beyond the frame", ip(60, cut(extension(50, {}, 3), 12)), "malformed"},
        {"ESP, extension cut behind its first octet", ip(60, be(50, 1)), "malformed"},
        {"AH, fragment header cut", ip(44, cut(fragment6(51, 0, true), 7)), "malformed"},
    });
}

TEST_CASE("ipv6: everything else has a name", "[wire]") {
    const auto last = [](unsigned type) { return ip(type, extension(59)); };
    check_cases({
        {"TCP", ip(6, octets(20)), "ipv6/tcp"},
        {"UDP", ip(17, udp(1000, 2000, octets(9))), "ipv6/udp"},
        {"ICMPv6", ip(58, octets(8)), "icmpv6"},
        {"ICMPv6 quoting AH", ip(58, Bytes{4, 1, 0, 0, 0, 0, 0, 40} + ipv6(51, kAhBytes)),
         "icmpv6"},
        {"no next header", ip(59, {}), "ipv6/no-next-header"},
        {"no next header behind hop-by-hop", last(0), "ipv6/no-next-header"},
        {"mobility message", last(135), "ipv6/mobility"},
        {"HIP message", last(139), "ipv6/hip"},
        {"Shim6 message", last(140), "ipv6/shim6"},
        {"GRE", ip(47, octets(8)), "ipv6/gre"},
        {"unassigned", ip(201, octets(8)), "ipv6/proto-201"},
        {"version 4 behind IPv6's EtherType", eth(0x86DD, ipv4(50, kEspBytes)), "ipv6/bad-header"},
        {"TCP, cut in the IPv6 header", cut(ip(6, octets(20)), 14 + 39), "truncated"},
        {"cut before the next header field", cut(ip(50, kEspBytes), 14 + 6), "truncated"},
        {"EtherType and nothing else", eth(0x86DD), "truncated"},
        {"extension beyond the payload length", ip(0, extension(6, {}, 3), {.payload = 16}),
         "ipv6/bad-header"},
        {"extension cut by the capture", cut(ip(0, extension(6, octets(20), 3)), 14 + 40 + 16),
         "truncated"},
        {"extension cut by the capture, payload length 0",
         ip(0, cut(extension(6, {}, 3), 16), {.payload = 0}), "truncated"},
        {"hop-by-hop announced, nothing there", cut(ip(0, extension(6, {})), 14 + 40), "truncated"},
    });
}
