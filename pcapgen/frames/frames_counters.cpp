// Other numbers in clear (--protocol counters): encrypted tunnels beside MACsec and IPsec, and what
// lacuna counts with --counters. Over IPv4, or straight over Ethernet.
#include "pcapgen/frames/layers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>
#include <utility>

namespace lacuna::pcapgen {
namespace {

constexpr std::uint16_t kTypeArp = 0x0806; ///< of what nobody looks into

/// What stands before the header that carries the number.
enum class Below : std::uint8_t { udp, ip, ethernet };

struct Shape {
    Class cls;
    const char* name;
    Below below;
    std::uint16_t leads;    ///< port, protocol or EtherType
    std::uint8_t head;      ///< octets of the header
    std::uint8_t number_at; ///< of the number in it
    std::uint8_t octets;    ///< of the number
    bool little;            ///< little endian
};
constexpr Shape kShapes[] = {
    {Class::wireguard, "wireguard", Below::udp, 51820, 16, 8, 8, true},
    {Class::nebula, "nebula", Below::udp, 4242, 16, 8, 8, false},
    {Class::openvpn, "openvpn", Below::udp, 1194, 8, 4, 4, false},
    {Class::gtp_u, "gtp-u", Below::udp, 2152, 12, 8, 2, false},
    {Class::gre, "gre", Below::ip, 47, 12, 8, 4, false},
    {Class::l2tpv3, "l2tpv3", Below::ip, 115, 22, 5, 3, false},
    {Class::rtp, "rtp", Below::udp, 5004, 12, 2, 2, false},
    {Class::roce, "roce", Below::udp, 4791, 12, 9, 3, false},
    {Class::netflow9, "netflow9", Below::udp, 2055, 20, 12, 4, false},
    {Class::sflow, "sflow", Below::udp, 6343, 28, 16, 4, false},
    {Class::r_tag, "r-tag", Below::ethernet, 0xF1C1, 6, 2, 2, false},
    {Class::hsr, "hsr", Below::ethernet, 0x892F, 6, 2, 2, false},
    {Class::prp, "prp", Below::ethernet, kTypeArp, 0, 0, 2, false},
    {Class::ipfix, "ipfix", Below::udp, 4739, 32, 8, 4, false},
};
constexpr std::size_t kShapeCount = std::size(kShapes);
constexpr std::uint32_t kPrpTrailer = 6;
constexpr std::uint32_t kSmallestBody = 32;

constexpr std::uint32_t below(const Shape& s) {
    return s.below == Below::udp  ? kIpv4Header + kUdpHeader
           : s.below == Below::ip ? kIpv4Header
                                  : 0;
}

std::uint32_t key_of(const FlowPlan& plan, Class cls) {
    return cls == Class::openvpn ? plan.spi & 0xFFFF
           : cls == Class::roce  ? plan.spi & 0xFFFFFF
                                 : plan.spi;
}

/// The header without its number.
void write_head(const FlowPlan& plan, Class cls, std::uint8_t* p) {
    const std::uint32_t key = key_of(plan, cls);
    switch (cls) {
    case Class::wireguard:
        p[0] = 4;
        for (unsigned i = 0; i < 4; ++i)
            p[4 + i] = static_cast<std::uint8_t>(key >> (8 * i));
        break;
    case Class::nebula:
        p[0] = 0x11;
        put32(p + 4, key);
        break;
    case Class::openvpn:
        put32(p, 0x48000000 | key);
        break;
    case Class::gtp_u:
        p[0] = 0x32;
        p[1] = 255;
        put32(p + 4, key);
        break;
    case Class::gre:
        put32(p, 0x300088B7); // an experimental EtherType inside
        put32(p + 4, key);
        break;
    case Class::l2tpv3:
        put32(p, key);
        p[4] = 0x40;
        p[8] = p[14] = 2;
        put16(p + 20, kTypeArp);
        break;
    case Class::rtp:
        p[0] = 0x80;
        p[1] = 96;
        put32(p + 8, key);
        break;
    case Class::roce:
        put32(p, 0x0440FFFF);
        put32(p + 4, key);
        break;
    case Class::netflow9:
        put16(p, 9);
        put32(p + 16, key);
        break;
    case Class::ipfix:
        put16(p, 10);
        put32(p + 12, key);
        put32(p + 16, 0x0002000C); // a template of one field, as long as what follows
        put32(p + 20, 0x01000001);
        put16(p + 24, 210); // paddingOctets
        put16(p + 28, 256); // and a record of it
        break;
    case Class::sflow:
        put32(p, 5);
        put32(p + 4, 1);
        put32(p + 12, key);
        break;
    case Class::r_tag:
    case Class::hsr:
        put16(p + 4, kTypeArp);
        break;
    default:
        break;
    }
}

template <std::size_t I>
std::uint32_t smallest(unsigned tags, std::uint32_t) {
    constexpr const Shape& s = kShapes[I];
    return smallest_with(tags, below(s) + s.head + kSmallestBody + kPrpTrailer);
}

template <std::size_t I>
void header(const FlowPlan& plan, std::uint8_t* out) {
    constexpr const Shape& s = kShapes[I];
    std::uint8_t* p =
        out + ethernet_header(plan, s.below == Below::ethernet ? s.leads : kTypeIpv4, out);
    if constexpr (s.below != Below::ethernet) {
        ipv4_header(plan, s.below == Below::udp ? std::uint8_t{17} : std::uint8_t{s.leads & 0xFF},
                    p);
        p += kIpv4Header;
    }
    if constexpr (s.below == Below::udp) {
        put16(p, plan.source_port);
        put16(p + 2, s.leads);
        p += kUdpHeader;
    }
    write_head(plan, s.cls, p);
}

template <std::size_t I>
std::uint32_t build(const FrameJob& job, std::uint8_t* out) {
    constexpr const Shape& s = kShapes[I];
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    std::uint8_t* const head = ip + below(s);
    std::uint32_t payload = job.size - job.network - below(s);
    if constexpr (s.cls == Class::wireguard) payload &= ~15u; // it pads to 16 octets
    fill(head + s.head, job.octets, payload - s.head);
    if constexpr (s.cls == Class::ipfix) {
        put16(head + 2, payload);
        put16(head + 26, payload - s.head);
        put16(head + 30, payload - s.head + 4);
    }
    if constexpr (s.cls == Class::gtp_u) {
        put16(head + 2, payload - 8);
        head[10] = head[11] = 0;
    }
    if constexpr (s.cls == Class::gtp_u || s.cls == Class::l2tpv3) head[s.head] = 0; // no IP
    for (unsigned i = 0; i < s.octets; ++i) {
        const unsigned at = s.little ? i : s.octets - 1u - i;
        const unsigned shift = 8 * i;
        head[s.number_at + at] = static_cast<std::uint8_t>(shift < 32 ? job.number >> shift : 0);
    }
    if constexpr (s.cls == Class::prp) {
        std::uint8_t* trailer = head + payload - kPrpTrailer;
        put16(trailer, job.number);
        put16(trailer + 2, 0xA000 | payload);
        put16(trailer + 4, 0x88FB);
    }
    if constexpr (s.cls == Class::hsr) put16(head, 0x1000 | (payload & 0xFFF));
    if constexpr (s.below == Below::udp) {
        put16(ip + kIpv4Header + 4, payload + kUdpHeader);
        put16(ip + kIpv4Header + 6, 0);
    }
    if constexpr (s.below != Below::ethernet) finish_ipv4(ip, payload + below(s), job.number);
    return job.network + below(s) + payload;
}

template <std::size_t... I>
constexpr std::array<FrameKind, kShapeCount> make_kinds(std::index_sequence<I...>) {
    return {FrameKind{kShapes[I].name, kShapes[I].cls, "", false, smallest<I>, header<I>, build<I>,
                      static_cast<std::uint8_t>(std::min(kShapes[I].octets * 8, 64))}...};
}
constexpr std::array<FrameKind, kShapeCount> kKinds =
    make_kinds(std::make_index_sequence<kShapeCount>());

FlowPlan plan(const PlanRules& rules, std::uint64_t index) {
    FlowPlan p;
    plan_link(p, rules, index, 3);
    // The bits of those asked for, in turn.
    std::uint64_t nth = index % static_cast<unsigned>(std::popcount(rules.counters));
    std::size_t shape = 0;
    while ((rules.counters >> shape & 1) == 0 || nth-- != 0)
        ++shape;
    p.kind = &kKinds[shape];
    p.source = ipv4_host(2 * index, rules, 2);
    p.destination = ipv4_host(2 * index + 1, rules, 2);
    p.source_port = kShapes[shape].cls == Class::rtp ? std::uint16_t{5004} : std::uint16_t{50000};
    p.spi = static_cast<std::uint32_t>(index) + 0x100;
    return p;
}

std::string mac_text(const Mac& mac) {
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3],
                       mac[4], mac[5]);
}

std::string id(const FlowPlan& p) {
    const Class cls = p.kind->cls;
    const std::string src = address_text(p.source, false);
    const std::string dst = address_text(p.destination, false);
    const std::uint32_t key = key_of(p, cls);
    switch (cls) {
    case Class::openvpn:
        return fmt::format("openvpn-{}-{}-1194", key, dst);
    case Class::gre:
    case Class::rtp:
        return fmt::format("{}-{:08x}-{}-{}", p.kind->name, key, src, dst);
    case Class::netflow9:
    case Class::ipfix:
    case Class::sflow:
        return fmt::format("{}-{:08x}-{}", p.kind->name, key, src);
    case Class::r_tag:
        return fmt::format("r-tag-{}-{}-{}", mac_text(p.source_mac), mac_text(p.destination_mac),
                           p.tags != 0 ? p.vid[p.tags - 1] : 0);
    case Class::hsr:
        return fmt::format("hsr-{}-1", mac_text(p.source_mac));
    case Class::prp:
        return fmt::format("prp-{}-a", mac_text(p.source_mac));
    default:
        return fmt::format("{}-{:08x}-{}", p.kind->name, key, dst);
    }
}

} // namespace

constinit const Family kCounters{"counters", true, 0, kKinds, plan, id};

} // namespace lacuna::pcapgen
