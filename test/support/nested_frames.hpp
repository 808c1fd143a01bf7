// An ESP packet in every encapsulation there is, for seeds and benchmarks.
#pragma once

#include "support/frame_builder.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lacuna::test {

/// What is inside: IP packet or frame, and what is wrapped around it.
inline std::vector<std::pair<std::string, Bytes>> nested_frames(const Bytes& packet) {
    const Bytes frame = eth(0x0800, packet);
    const Bytes labels = label(false) + label(true);
    const Bytes ppp = be(0x0021, 2) + packet;
    const Bytes gpdu = be(255, 1) + be(packet.size(), 2) + be(0xABCD, 4);
    const Bytes vxlan = be(0x08000000, 4) + be(0x123400, 4);
    const Bytes message = be(packet.size() - 20 + 2, 2) + Bytes(packet.begin() + 20, packet.end());
    const auto ip = [](unsigned protocol, const Bytes& inner) {
        return eth(0x0800, ipv4(protocol, inner));
    };
    const auto by_udp = [&ip](unsigned to, const Bytes& inner) {
        return ip(17, udp(40000, to, inner));
    };
    const auto gre = [&ip](unsigned flags, unsigned type, const Bytes& inner) {
        return ip(47, be(flags, 2) + be(type, 2) + inner);
    };
    return {
        {"gre", gre(0, 0x0800, packet)},
        {"gre-key-sequence", gre(0x3000, 0x0800, be(7, 4) + be(9, 4) + packet)},
        {"gretap", gre(0, 0x6558, frame)},
        {"nvgre", gre(0x2000, 0x6558, be(7, 4) + frame)},
        {"erspan1", gre(0, 0x88BE, frame)},
        {"erspan2", gre(0x1000, 0x88BE, be(9, 4) + be(0x10640001, 4) + octets(4, 0) + frame)},
        {"erspan3", gre(0x1000, 0x22EB, be(9, 4) + be(0x20640001, 4) + octets(8, 0) + frame)},
        {"pptp", gre(0x3001, 0x880B, be(0x00140001, 4) + be(9, 4) + ppp)},
        {"vxlan", by_udp(4789, vxlan + frame)},
        {"vxlan-gpe", by_udp(4790, be(0x0C000001, 4) + be(0x123400, 4) + packet)},
        {"geneve", by_udp(6081, be(0x02006558, 4) + be(0x123400, 4) + octets(8, 0) + frame)},
        {"gtp-u", by_udp(2152, be(0x30, 1) + gpdu + packet)},
        {"gtp-u-extended",
         by_udp(2152, be(0x34, 1) + be(255, 1) + be(packet.size() + 8, 2) + be(0xABCD, 4)
                          + be(0x00000085, 4) + be(0x01000500, 4) + packet)},
        {"l2tp", by_udp(1701, be(2, 2) + be(1, 2) + be(2, 2) + ppp)},
        {"l2tpv3", ip(115, be(0x55, 4) + be(0x40000007, 4) + frame)},
        {"pppoe", eth(0x8864, be(0x11000077, 4) + be(ppp.size(), 2) + ppp)},
        {"tzsp", by_udp(37008, be(0x01000001, 4) + be(0x0A0155, 3) + be(1, 1) + frame)},
        {"etherip", ip(97, be(0x3000, 2) + frame)},
        {"mpls", eth(0x8847, labels + packet)},
        {"mpls-in-udp", by_udp(6635, labels + packet)},
        {"pseudowire", eth(0x8847, labels + octets(4, 0) + frame)},
        {"pbb", eth(0x88E7, be(999, 4) + frame)},
        {"tcp", ip(6, be(40000, 2) + be(4500, 2) + octets(8, 0) + be(0x50180400, 4) + octets(4, 0)
                          + message)},
        {"r-tag", eth(0xF1C1, be(77, 4) + be(0x0800, 2) + packet)},
        {"hsr", eth(0x892F, be(0x1040, 2) + be(77, 2) + be(0x0800, 2) + packet)},
        {"vn-tag", eth(0x8926, be(0x80010002, 4) + be(0x0800, 2) + packet)},
        {"cisco-cmd", eth(0x8909, be(0x01010001, 4) + be(5, 2) + be(0x0800, 2) + packet)},
        {"vxlan+gretap+pppoe",
         by_udp(4789,
                vxlan + gre(0, 0x6558, eth(0x8864, be(0x11000077, 4) + be(ppp.size(), 2) + ppp)))},
    };
}

} // namespace lacuna::test
