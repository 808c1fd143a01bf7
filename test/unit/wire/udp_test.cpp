// UDP ports 500 and 4500: ESP, IKE and keepalives told apart (RFC 3948).
#include "support/decode_one.hpp"

using namespace lacuna;
using namespace lacuna::test;

namespace {

const char* const kEsp = "esp-00001001-10.0.0.2=9";
const Bytes kEspBytes = esp(0x1001, 9);
const Bytes kMarker = octets(4, 0);

Bytes dgram(unsigned from, unsigned to, const Bytes& payload, int length = -1, const Ipv4& o = {}) {
    return eth(0x0800, ipv4(17, udp(from, to, payload, length), o));
}
Bytes cut(Bytes frame, std::size_t size) {
    frame.resize(size);
    return frame;
}
constexpr std::size_t kHeaders = 14 + 20 + 8;

} // namespace

TEST_CASE("udp: ESP behind port 4500 is the same association", "[wire]") {
    check_cases({
        {"both ports", dgram(4500, 4500, kEspBytes), "esp", {kEsp}},
        {"to 4500", dgram(61000, 4500, kEspBytes), "esp", {kEsp}},
        {"from 4500", dgram(4500, 61000, kEspBytes), "esp", {kEsp}},
        {"8 octets", dgram(4500, 4500, esp(0x1001, 9, {})), "esp", {kEsp}},
        {"number 0", dgram(4500, 4500, esp(0x1001, 0)), "esp", {"esp-00001001-10.0.0.2=0"}},
        {"UDP length 0", dgram(4500, 4500, kEspBytes, 0), "esp", {kEsp}},
        {"UDP length too long", dgram(4500, 4500, kEspBytes, 9999), "esp", {kEsp}},
        {"first fragment", dgram(4500, 4500, kEspBytes, -1, {.fragment = 0x2000}), "esp", {kEsp}},
        {"between 500 and 4500", dgram(500, 4500, kEspBytes), "esp", {kEsp}},
        {"to a group, the source joins",
         dgram(4500, 4500, kEspBytes, -1, {.dst = kGroup4}),
         "esp",
         {"esp-00001001-239.1.2.3-10.0.0.1=9"}},
        {"first octet 0xFF is an SPI in a longer datagram",
         dgram(4500, 4500, esp(0xFF000001, 9)),
         "esp",
         {"esp-ff000001-10.0.0.2=9"}},
    });
}

TEST_CASE("udp: IKE and keepalives", "[wire]") {
    const Bytes keepalive = octets(1, 0xFF);
    check_cases({
        {"IKE from port 500", dgram(500, 33000, octets(28)), "ike"},
        {"IKE to port 500", dgram(33000, 500, octets(28)), "ike"},
        {"IKE on 500, empty", dgram(500, 500, {}), "ike"},
        {"IKE on 500 over IPv6", eth(0x86DD, ipv6(17, udp(500, 500, octets(28)))), "ike"},
        {"IKE behind the marker", dgram(4500, 4500, kMarker + octets(28)), "ike"},
        {"the marker alone", dgram(4500, 4500, kMarker), "ike"},
        {"the marker over IPv6", eth(0x86DD, ipv6(17, udp(4500, 4500, kMarker))), "ike"},
        {"keepalive", dgram(4500, 4500, keepalive), "natt-keepalive"},
        {"keepalive in a padded frame", dgram(4500, 4500, keepalive) + octets(17, 0),
         "natt-keepalive"},
        {"keepalive by the UDP length, total length 0",
         dgram(4500, 4500, keepalive, -1, {.total = 0}) + octets(17, 0), "natt-keepalive"},
        {"keepalive by the IP length, UDP length 0", dgram(4500, 4500, keepalive, 0),
         "natt-keepalive"},
        {"keepalive over IPv6", eth(0x86DD, ipv6(17, udp(4500, 4500, keepalive))),
         "natt-keepalive"},
        {"one octet on another port", dgram(4501, 4501, keepalive), "ipv4/udp"},
    });
}

TEST_CASE("udp: port 4500 without a number", "[wire]") {
    check_cases({
        {"empty", dgram(4500, 4500, {}), "ipv4/udp"},
        {"empty in a padded frame", dgram(4500, 4500, {}) + octets(18, 0), "ipv4/udp"},
        {"empty over IPv6", eth(0x86DD, ipv6(17, udp(4500, 4500, {}))), "ipv6/udp"},
        {"empty by the UDP length, total length 0", dgram(4500, 4500, {}, 8, {.total = 0}),
         "ipv4/udp"},
        {"longer by the UDP length, total length 0, nothing captured",
         dgram(4500, 4500, {}, 28, {.total = 0}), "malformed"},
        {"one octet, not 0xFF", dgram(4500, 4500, octets(1, 0xFE)), "malformed"},
        {"two octets 0xFF", dgram(4500, 4500, octets(2, 0xFF)), "malformed"},
        {"three zero octets", dgram(4500, 4500, octets(3, 0)), "malformed"},
        {"an SPI alone", dgram(4500, 4500, octets(4, 0x11)), "malformed"},
        {"7 octets", dgram(4500, 4500, octets(7, 0x11)), "malformed"},
        {"8 octets, 7 by the IP length", dgram(4500, 4500, octets(8, 0x11), -1, {.total = 35}),
         "malformed"},
        {"captured to the end of the UDP header", cut(dgram(4500, 4500, kEspBytes), kHeaders),
         "malformed"},
        {"captured to the SPI", cut(dgram(4500, 4500, kEspBytes), kHeaders + 4), "malformed"},
        {"captured into the marker", cut(dgram(4500, 4500, kMarker + octets(9)), kHeaders + 3),
         "malformed"},
        {"captured into the UDP header", cut(dgram(4500, 4500, kEspBytes), kHeaders - 3),
         "malformed"},
        {"a keepalive without its octet", cut(dgram(4500, 4500, octets(1, 0xFF)), kHeaders),
         "malformed"},
        {"IP length within the UDP header", dgram(4500, 4500, kEspBytes, -1, {.total = 26}),
         "ipv4/udp"},
        {"ports cut by the capture", cut(dgram(4500, 4500, kEspBytes), kHeaders - 5), "truncated"},
        {"ports cut by the IP length", dgram(4500, 4500, kEspBytes, -1, {.total = 23}), "ipv4/udp"},
    });
}
