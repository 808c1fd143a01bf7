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
