#include "support/wire_corpus.hpp"

#include "support/nested_frames.hpp"

namespace lacuna::test {

namespace {

/// Packets that begin with an IP header, with its EtherType.
std::vector<std::pair<unsigned, Bytes>> ip_packets() {
    const Bytes e = esp(0x1001, 9);
    const Bytes natt = udp(4500, 4500, e);
    std::vector<std::pair<unsigned, Bytes>> out;
    const auto v4 = [&](Bytes packet) { out.emplace_back(0x0800, std::move(packet)); };
    const auto v6 = [&](Bytes packet) { out.emplace_back(0x86DD, std::move(packet)); };

    v4(ipv4(50, e));
    v4(ipv4(50, e, {.dst = kGroup4}));
    v4(ipv4(50, e, {.options = octets(12, 1)}));
    v4(ipv4(50, e, {.fragment = 0x2000}));
    v4(ipv4(50, e, {.fragment = 0x0100}));
    v4(ipv4(50, e, {.total = 0}));
    v4(ipv4(50, e, {.ihl = 2}));
    v4(ipv4(51, ah(50, 0x2002, 5, e)));
    v4(ipv4(51, ah(6, 0x2002, 5, octets(20), 0)));
    v4(ipv4(51, ah(51, 1, 2, ah(17, 3, 4, natt))));
    v4(ipv4(17, natt));
    v4(ipv4(17, udp(4500, 4500, octets(1, 0xFF))));
    v4(ipv4(17, udp(4500, 4500, octets(32, 0))));
    v4(ipv4(17, udp(500, 500, octets(28))));
    v4(ipv4(17, udp(53, 53, octets(28))));
    v4(ipv4(6, octets(20)));
    v4(ipv4(4, ipv4(41, ipv6(50, e))));
    v4(ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(4, ipv4(50, e))))))))));
    v6(ipv6(50, e));
    v6(ipv6(50, e, {.dst = group6(9)}));
    v6(ipv6(51, ah(60, 0x2002, 5, extension(50, e))));
    v6(ipv6(0, extension(43, extension(60, extension(44, fragment6(50, 0, true, e)), 2))));
    v6(ipv6(44, fragment6(50, 1232, false, e)));
    v6(ipv6(135, extension(59)));
    v6(ipv6(17, natt));
    v6(ipv6(50, e, {.payload = 0}));
    v6(ipv6(58, octets(16)));
    return out;
}

} // namespace

std::vector<Seed> wire_corpus() {
    using wire::LinkType;
    std::vector<Seed> out;
    const auto add = [&](LinkType link, Bytes frame) { out.push_back({link, std::move(frame)}); };

    for (const auto& [type, packet] : ip_packets()) {
        add(LinkType::ethernet, eth(type, packet));
        add(LinkType::ethernet, eth(0x88A8, tag(0x8100, tag(type, packet))));
        add(LinkType::ethernet, eth(0x8847, label(false, label(true, packet))));
        add(LinkType::ethernet, eth(64, snap(type, packet)));
        add(LinkType::ethernet, eth(0x88E5, sectag(SC | 1, 8, be(type, 2) + packet)));
        add(LinkType::linux_sll, sll(type, packet));
        add(LinkType::linux_sll2, sll2(type, packet));
        add(LinkType::raw_ip, packet);
    }
    for (unsigned tci = 0; tci < 256; tci += 4) {
        const Bytes secured = sectag(tci | (tci >> 2 & 3), tci, sealed());
        add(LinkType::ethernet, eth(0x88E5, secured));
        if (tci % 64 == 0) {
            add(LinkType::ethernet, eth(0x9100, tag(0x88E5, secured)));
            add(LinkType::linux_sll, sll(0x88E5, secured));
            add(LinkType::linux_sll2, sll2(0x88E5, secured));
        }
    }
    Bytes nested;
    for (unsigned i = 12; i > 0; --i)
        nested = be(0x88E5, 2) + sectag(i % 2 == 0 ? SC : ES, i, nested);
    add(LinkType::ethernet, kDstMac + kSrcMac + nested);
    add(LinkType::ethernet, eth(0x0806, octets(28)));
    add(LinkType::ethernet, eth(38, Bytes{0x42, 0x42, 0x03} + octets(35, 0)));
    add(LinkType::linux_sll, sll(4, Bytes{0x42, 0x42, 0x03} + octets(35, 0)));
    add(LinkType::unsupported, octets(40));
    const auto over_udp = [&](unsigned from, unsigned to, const Bytes& inner) {
        add(LinkType::ethernet, eth(0x0800, ipv4(17, udp(from, to, inner))));
    };
    const Bytes rtp =
        be(0x9060, 2) + be(7, 2) + be(160, 4) + be(0x11223344, 4) + be(0xBEDE0001, 4) + octets(20);
    over_udp(5004, 5004, rtp);
    over_udp(20000, 20002, rtp);
    over_udp(20000, 20002, be(0x48000003, 4) + be(6, 4) + octets(24));
    over_udp(20000, 20002, be(0x11000000, 4) + be(7, 4) + be(6, 8) + octets(24));
    over_udp(2055, 2055,
             be(5, 2) + be(2, 2) + octets(12) + be(77, 4) + be(0x0102, 2) + be(0, 2) + octets(96));
    over_udp(5555, 5555, octets(20));
    add(LinkType::ethernet, eth(0x88B5, octets(20)));
    add(LinkType::ethernet, eth(0x0800, ipv4(115, be(9, 4) + be(0x40000007, 4)
                                                      + eth(0x0800, ipv4(50, esp(0x1001, 9))))));
    const Bytes packet = ipv4(50, esp(0x1001, 9));
    for (auto& [name, octets_of_frame] : nested_frames(packet))
        add(LinkType::ethernet, std::move(octets_of_frame));
    over_udp(4739, 4739,
             be(10, 2) + be(16 + 16 + 10, 2) + be(1, 4) + be(77, 4) + be(9, 4)
                 + (be(2, 2) + be(16, 2) + be(256, 2) + be(2, 2) + be(8, 2) + be(4, 2) + be(1, 2)
                    + be(2, 2))
                 + (be(256, 2) + be(10, 2) + octets(6)));
    add(LinkType::ethernet,
        eth(0x0800, packet + be(10, 2) + be(0xA000 + packet.size() + 6, 2) + be(0x88FB, 2)));
    return out;
}

} // namespace lacuna::test
