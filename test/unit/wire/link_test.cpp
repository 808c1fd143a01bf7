// Link layers that carry no secured frame, and the names they are counted under.
#include "support/decode_one.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

TEST_CASE("link: other frames by EtherType", "[wire]") {
    check_cases({
        {"ARP", eth(0x0806, octets(28)), "arp"},
        {"ARP behind two VLAN tags", eth(0x88A8, tag(0x8100, tag(0x0806, octets(28)))), "arp"},
        {"LLDP", eth(0x88CC, octets(28)), "lldp"},
        {"EAPOL", eth(0x888E, octets(28)), "eapol"},
        {"EAPOL, key agreement", eth(0x888E, be(0x0305, 2) + octets(26)), "mka"},
        {"key agreement under another EtherType", eth(0x876F, octets(28)), "mka"},
        {"PPPoE discovery", eth(0x8863, octets(28)), "pppoe-discovery"},
        {"PPPoE session", eth(0x8864, octets(28)), "pppoe-session"},
        {"PTP", eth(0x88F7, octets(44)), "ptp"},
        {"CFM", eth(0x8902, octets(44)), "cfm"},
        {"LACP", eth(0x8809, octets(44)), "slow-protocols"},
        {"unknown", eth(0x1234, octets(44)), "ethertype-0x1234"},
        {"neither a length nor a type", eth(1501, octets(44)), "ethertype-0x05dd"},
        {"SNAP with another EtherType", eth(60, snap(0x0806, octets(28))), "arp"},
        {"cooked, ARP", sll(0x0806, octets(28)), "arp", {}, LinkType::linux_sll},
        {"cooked v2, ARP", sll2(0x0806, octets(28)), "arp", {}, LinkType::linux_sll2},
    });
}

TEST_CASE("link: other frames by role", "[wire]") {
    check_cases({
        {"empty", {}, "runt"},
        {"13 octets", octets(13), "runt"},
        {"VLAN tag cut", eth(0x8100, octets(3)), "runt"},
        {"cooked v1 cut", octets(15, 0), "runt", {}, LinkType::linux_sll},
        {"cooked v2 cut", octets(19, 0), "runt", {}, LinkType::linux_sll2},
        {"spanning tree", eth(38, Bytes{0x42, 0x42, 0x03} + octets(35, 0)), "llc"},
        {"SNAP, vendor's OUI", eth(60, snap(0x2000, octets(20), 0x00000C)), "llc"},
        {"SNAP, a length where the type goes", eth(60, snap(80, snap(0x0806, octets(20)))), "llc"},
        {"largest length", eth(1500, octets(60)), "llc"},
        {"LLC cut", eth(2, octets(2, 0xAA)), "runt"},
        {"SNAP cut", eth(7, Bytes{0xAA, 0xAA, 0x03} + octets(4, 0)), "runt"},
        {"MPLS, a pseudowire", eth(0x8847, label(true, octets(20, 0))), "mpls"},
        {"MPLS stack cut", eth(0x8847, label(false, octets(3))), "truncated"},
        {"MPLS stack without payload", eth(0x8847, label(true)), "truncated"},
        {"cooked, LLC",
         sll(4, Bytes{0x42, 0x42, 0x03} + octets(35, 0)),
         "llc",
         {},
         LinkType::linux_sll},
        {"cooked, SNAP with ARP", sll(4, snap(0x0806, octets(28))), "arp", {}, LinkType::linux_sll},
        {"cooked, CAN", sll(0x000C, octets(16)), "ethertype-0x000c", {}, LinkType::linux_sll},
        {"cooked, netlink is no EtherType",
         sll(0x0800, ipv4(50, esp(1, 2)), 0, 824),
         "unsupported-link",
         {},
         LinkType::linux_sll},
        {"cooked, frame relay access device",
         sll(0x0800, ipv4(50, esp(1, 2)), 0, 770),
         "unsupported-link",
         {},
         LinkType::linux_sll},
        {"cooked v2, radiotap",
         sll2(0x0800, ipv4(50, esp(1, 2)), 0, 803),
         "unsupported-link",
         {},
         LinkType::linux_sll2},
        {"unsupported",
         eth(0x0800, ipv4(50, esp(1, 2))),
         "unsupported-link",
         {},
         LinkType::unsupported},
    });
}

TEST_CASE("link: numbers behind every link type", "[wire]") {
    const Bytes packet = ipv4(50, esp(0x1001, 9));
    const Bytes packet6 = ipv6(50, esp(0x1001, 9));
    const std::vector<std::string> seen{"esp-00001001-10.0.0.2=9"};
    const std::vector<std::string> seen6{"esp-00001001-2001:db8::2=9"};
    const auto attribute = [](unsigned type, const Bytes& value) {
        const std::size_t n = value.size() + 4;
        return Bytes{static_cast<std::uint8_t>(n), static_cast<std::uint8_t>(n >> 8),
                     static_cast<std::uint8_t>(type), 0}
               + value + octets((4 - n % 4) % 4, 0);
    };
    const Bytes macs = kDstMac + kSrcMac;
    check_cases({
        {"BSD loopback, little endian", Bytes{2, 0, 0, 0} + packet, "esp", seen,
         LinkType::loopback},
        {"BSD loopback, big endian", Bytes{0, 0, 0, 2} + packet, "esp", seen, LinkType::loopback},
        {"BSD loopback, IPv6", Bytes{30, 0, 0, 0} + packet6, "esp", seen6, LinkType::loopback},
        {"loopback, cut", Bytes{2, 0, 0, 0}, "runt", {}, LinkType::loopback},
        {"loopback, no IP",
         Bytes{5, 0, 0, 0} + octets(20, 0),
         "unsupported-link",
         {},
         LinkType::loopback},
        {"PPP", be(0x0021, 2) + packet, "esp", seen, LinkType::ppp},
        {"PPP, HDLC framing", be(0xFF030057, 4) + packet6, "esp", seen6, LinkType::ppp},
        {"PPP link that carries Cisco HDLC", be(0x0F000800, 4) + packet, "esp", seen,
         LinkType::ppp},
        {"PPP, LCP", be(0xC021, 2) + octets(8), "ppp-control", {}, LinkType::ppp},
        {"PPPoE", be(0x1100, 2) + be(1, 2) + be(2 + packet.size(), 2) + be(0x21, 2) + packet, "esp",
         seen, LinkType::pppoe},
        {"Cisco HDLC", be(0x0F000800, 4) + packet, "esp", seen, LinkType::cisco_hdlc},
        {"Cisco HDLC, keepalive",
         be(0x8F008035, 4) + octets(18, 0),
         "rarp",
         {},
         LinkType::cisco_hdlc},
        {"MPLS", label(true, packet), "esp", seen, LinkType::mpls},
        {"NFLOG",
         be(0x02000001, 4) + attribute(1, octets(4)) + attribute(10, octets(5))
             + attribute(9, packet),
         "esp", seen, LinkType::nflog},
        {"NFLOG without a packet",
         be(0x02000001, 4) + attribute(1, octets(4)),
         "unsupported-link",
         {},
         LinkType::nflog},
        {"NFLOG, attribute without a length",
         be(0x02000001, 4) + octets(8, 0),
         "unsupported-link",
         {},
         LinkType::nflog},
        {"OpenBSD ENC", octets(12, 0) + packet, "esp", seen, LinkType::enc},
        {"IPNET", octets(24, 0) + packet6, "esp", seen6, LinkType::ipnet},
        {"Juniper", Bytes{'M', 'G', 'C', 0} + eth(0x0800, packet), "esp", seen,
         LinkType::juniper_ethernet},
        {"Juniper, extensions", Bytes{'M', 'G', 'C', 0x80, 0, 3, 1, 2, 3} + eth(0x0800, packet),
         "esp", seen, LinkType::juniper_ethernet},
        {"Juniper, no link layer", Bytes{'M', 'G', 'C', 0x02} + packet, "esp", seen,
         LinkType::juniper_ethernet},
        {"Juniper, something else", octets(40), "unsupported-link", {}, LinkType::juniper_ethernet},
        {"DSA", macs + octets(4, 0x40) + be(0x0800, 2) + packet, "esp", seen, LinkType::switch_tag},
        {"DSA, MACsec without SCI",
         macs + octets(4, 0x40) + be(0x88E5, 2) + sectag(ES | E | C | 1, 5, sealed()),
         "macsec",
         {"macsec-0211223344550001-1=5"},
         LinkType::switch_tag},
        {"tag before the addresses", octets(4) + eth(0x0800, packet), "esp", seen,
         LinkType::switch_tag_before},
        {"EDSA", eth(0xDADA, octets(6, 0) + be(0x0800, 2) + packet), "esp", seen},
    });
}
