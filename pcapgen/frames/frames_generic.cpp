// What else is on a wire: TCP, UDP, ICMP, ARP, and IPsec's unsecured companions: IKE on UDP 500
// and 4500 (RFC 3948 2.2) and NAT keepalives (2.3).
#include "pcapgen/frames/layers.hpp"

namespace lacuna::pcapgen {
namespace {

constexpr std::uint8_t kProtocolIcmp = 1;
constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint8_t kProtocolUdp = 17;
constexpr std::uint8_t kProtocolIcmpv6 = 58;
constexpr std::uint32_t kTcpHeader = 20;
constexpr std::uint32_t kIcmpHeader = 8;
constexpr std::uint32_t kArpBody = 28;
constexpr std::uint32_t kIkeHeader = 28;
constexpr std::uint32_t kSmallestIke = kIkeHeader + 4 + 32; ///< header, SK payload, IV and ICV
constexpr std::uint32_t kSmallestData = 6;                  ///< fills an IPv4 TCP frame to 60
constexpr std::uint16_t kIkePort = 500;
constexpr std::uint16_t kNattPort = 4500;

template <bool kV6>
constexpr std::uint32_t kIp = kV6 ? kIpv6Header : kIpv4Header;

template <bool kV6>
std::uint8_t* ip_header(const FlowPlan& plan, std::uint8_t protocol, std::uint8_t* out) {
    std::uint8_t* const ip = out + ethernet_header(plan, kV6 ? kTypeIpv6 : kTypeIpv4, out);
    if constexpr (kV6)
        ipv6_header(plan, protocol, ip);
    else
        ipv4_header(plan, protocol, ip);
    return ip + kIp<kV6>;
}

template <bool kV6, std::uint32_t kTransport>
std::uint32_t smallest(unsigned tags, std::uint32_t) {
    return smallest_with(tags, kIp<kV6> + kTransport + kSmallestData);
}

template <bool kV6>
void tcp_header(const FlowPlan& plan, std::uint8_t* out) {
    std::uint8_t* const tcp = ip_header<kV6>(plan, kProtocolTcp, out);
    put16(tcp, plan.source_port);
    put16(tcp + 2, plan.destination_port);
    put32(tcp + 8, plan.spi); // acknowledges whatever the peer once sent
    put16(tcp + 12, 0x5018);  // five words, PSH ACK
    put16(tcp + 14, 0xFFFF);  // window
    put16(tcp + 16, fold(std::uint64_t{pseudo_sum(plan, kV6, kProtocolTcp)} + sum_of(tcp, 16)));
}

template <bool kV6>
std::uint32_t tcp_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    std::uint8_t* const tcp = ip + kIp<kV6>;
    const std::uint32_t total = job.size - job.network;
    const std::uint32_t segment = total - kIp<kV6>;
    const std::uint32_t data = segment - kTcpHeader;
    // No TCP frame is padded: what is not header was payload.
    const std::uint64_t overhead = job.network + kIp<kV6> + kTcpHeader;
    const auto stream = static_cast<std::uint32_t>(1 + job.bytes - job.packets * overhead);
    put32(tcp + 4, stream);
    fill(tcp + kTcpHeader, job.text, data);
    const std::uint64_t sum = std::uint64_t{load_be16(tcp + 16)} + segment + (stream >> 16)
                              + (stream & 0xFFFF) + sum_of(tcp + kTcpHeader, data);
    put16(tcp + 16, checksum(sum));
    finish_ip(ip, kV6, total, job.number);
    return job.size;
}

template <bool kV6>
void udp_flow_header(const FlowPlan& plan, std::uint8_t* out) {
    udp_header(plan, kV6, ip_header<kV6>(plan, kProtocolUdp, out));
}

template <bool kV6>
std::uint32_t udp_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    const std::uint32_t total = job.size - job.network;
    const std::uint32_t datagram = total - kIp<kV6>;
    fill(ip + kIp<kV6> + kUdpHeader, job.text, datagram - kUdpHeader);
    finish_udp(ip + kIp<kV6>, datagram);
    finish_ip(ip, kV6, total, job.number);
    return job.size;
}

template <bool kV6>
void echo_header(const FlowPlan& plan, std::uint8_t* out) {
    std::uint8_t* const icmp = ip_header<kV6>(plan, kV6 ? kProtocolIcmpv6 : kProtocolIcmp, out);
    icmp[0] = kV6 ? 128 : 8; // echo request
    put16(icmp + 4, plan.source_port);
    std::uint64_t sum = sum_of(icmp, kIcmpHeader);
    if constexpr (kV6) sum += pseudo_sum(plan, kV6, kProtocolIcmpv6);
    put16(icmp + 2, fold(sum));
}

template <bool kV6>
std::uint32_t echo_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    std::uint8_t* const icmp = ip + kIp<kV6>;
    const std::uint32_t total = job.size - job.network;
    const std::uint32_t message = total - kIp<kV6>;
    put16(icmp + 6, job.number);
    fill(icmp + kIcmpHeader, job.text, message - kIcmpHeader);
    std::uint64_t sum = std::uint64_t{load_be16(icmp + 2)} + (job.number & 0xFFFF)
                        + sum_of(icmp + kIcmpHeader, message - kIcmpHeader);
    if constexpr (kV6) sum += message;
    put16(icmp + 2, checksum(sum));
    finish_ip(ip, kV6, total, job.number);
    return job.size;
}

std::uint32_t arp_smallest(unsigned tags, std::uint32_t) {
    return smallest_with(tags, kArpBody);
}
void arp_header(const FlowPlan& plan, std::uint8_t* out) {
    FlowPlan broadcast = plan;
    broadcast.destination_mac.fill(0xFF);
    std::uint8_t* const arp = out + ethernet_header(broadcast, kTypeArp, out);
    put16(arp, 1); // Ethernet
    put16(arp + 2, kTypeIpv4);
    arp[4] = 6;
    arp[5] = 4;
    put16(arp + 6, 1); // request
    std::memcpy(arp + 8, plan.source_mac.data(), 6);
    std::memcpy(arp + 14, plan.source.data(), 4);
    std::memcpy(arp + 24, plan.destination.data(), 4);
}
std::uint32_t arp_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    return pad_frame(out, job.network + kArpBody);
}

// An IKEv2 INFORMATIONAL message (RFC 7296 3.1, 3.14) whose SK payload is opaque.
template <bool kV6, bool kMarker>
constexpr std::uint32_t kIkeAt = kIp<kV6> + kUdpHeader + (kMarker ? 4 : 0);

template <bool kV6, bool kMarker>
std::uint32_t ike_smallest(unsigned tags, std::uint32_t) {
    return smallest_with(tags, kIkeAt<kV6, kMarker> + kSmallestIke);
}
template <bool kV6, bool kMarker>
void ike_header(const FlowPlan& plan, std::uint8_t* out) {
    FlowPlan p = plan;
    p.source_port = p.destination_port = kMarker ? kNattPort : kIkePort;
    udp_flow_header<kV6>(p, out);
}
template <bool kV6, bool kMarker>
std::uint32_t ike_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    const std::uint32_t total = job.size - job.network;
    const std::uint32_t length = total - kIkeAt<kV6, kMarker>;
    std::uint8_t* const ike = ip + kIkeAt<kV6, kMarker>;
    fill(ike, job.octets, length);
    if constexpr (kMarker) put32(ike - 4, 0);
    ike[0] |= 1; // initiator's SPI is never zero
    ike[8] |= 1;
    ike[16] = 46;   // SK
    ike[17] = 0x20; // version 2.0
    ike[18] = 37;   // INFORMATIONAL
    ike[19] = 0x08; // from the initiator
    put32(ike + 20, job.number);
    put32(ike + 24, length);
    ike[28] = 0; // nothing within
    ike[29] = 0;
    put16(ike + 30, length - kIkeHeader);
    finish_udp(ip + kIp<kV6>, total - kIp<kV6>);
    finish_ip(ip, kV6, total, job.number);
    return job.size;
}

std::uint32_t keepalive_smallest(unsigned tags, std::uint32_t) {
    return smallest_with(tags, kIpv4Header + kUdpHeader + 1);
}
void keepalive_header(const FlowPlan& plan, std::uint8_t* out) {
    FlowPlan p = plan;
    p.source_port = p.destination_port = kNattPort;
    udp_flow_header<false>(p, out);
}
std::uint32_t keepalive_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    constexpr std::uint32_t total = kIpv4Header + kUdpHeader + 1;
    ip[total - 1] = 0xFF;
    finish_udp(ip + kIpv4Header, kUdpHeader + 1);
    finish_ipv4(ip, total, job.number);
    return pad_frame(out, job.network + total);
}

enum Shape : std::size_t { tcp, udp = 2, echo = 4, ike = 6, ike_natt = 8, arp = 10, keepalive };
constexpr FrameKind kKinds[] = {
    {"tcp, ipv4", Class::other, "ipv4/tcp", false, smallest<false, kTcpHeader>, tcp_header<false>,
     tcp_build<false>},
    {"tcp, ipv6", Class::other, "ipv6/tcp", true, smallest<true, kTcpHeader>, tcp_header<true>,
     tcp_build<true>},
    {"udp, ipv4", Class::other, "ipv4/udp", false, smallest<false, kUdpHeader>,
     udp_flow_header<false>, udp_build<false>},
    {"udp, ipv6", Class::other, "ipv6/udp", true, smallest<true, kUdpHeader>, udp_flow_header<true>,
     udp_build<true>},
    {"icmp", Class::other, "icmp", false, smallest<false, kIcmpHeader>, echo_header<false>,
     echo_build<false>},
    {"icmpv6", Class::other, "icmpv6", true, smallest<true, kIcmpHeader>, echo_header<true>,
     echo_build<true>},
    {"ike, ipv4", Class::other, "ike", false, ike_smallest<false, false>, ike_header<false, false>,
     ike_build<false, false>},
    {"ike, ipv6", Class::other, "ike", true, ike_smallest<true, false>, ike_header<true, false>,
     ike_build<true, false>},
    {"ike on 4500, ipv4", Class::other, "ike", false, ike_smallest<false, true>,
     ike_header<false, true>, ike_build<false, true>},
    {"ike on 4500, ipv6", Class::other, "ike", true, ike_smallest<true, true>,
     ike_header<true, true>, ike_build<true, true>},
    {"arp", Class::other, "arp", false, arp_smallest, arp_header, arp_build},
    {"nat-t keepalive", Class::other, "natt-keepalive", false, keepalive_smallest, keepalive_header,
     keepalive_build},
};

/// What 20 neighbouring conversations are.
constexpr Shape kPattern[20] = {tcp, udp, tcp, echo, tcp, udp, tcp, arp,      tcp, udp,
                                tcp, ike, tcp, udp,  tcp, udp, tcp, ike_natt, udp, keepalive};

FlowPlan plan(const PlanRules& rules, std::uint64_t index) {
    FlowPlan p;
    plan_link(p, rules, index, 2);
    const Shape shape = kPattern[index % std::size(kPattern)];
    const bool dual = shape != arp && shape != keepalive;
    // Ranked within the pattern's place, so that each shape gets its share of IPv6.
    const bool ipv6 = dual && in_share(index / std::size(kPattern), rules.ipv6);
    p.kind = &kKinds[shape + (ipv6 ? 1 : 0)];
    p.source = ipv6 ? ipv6_host(index, rules, 2) : ipv4_host(index, rules, 2);
    p.destination = ipv6 ? ipv6_host(index ^ 1, rules, 2) : ipv4_host(index ^ 1, rules, 2);
    // Ports nobody dissects: the payload is plain letters.
    p.source_port = static_cast<std::uint16_t>(49152 + index % 16000);
    p.destination_port = shape == tcp ? std::uint16_t{9} : std::uint16_t{7777};
    p.spi = static_cast<std::uint32_t>(permute(index, 32, rules.seed));
    return p;
}

} // namespace

constinit const Family kGeneric{"generic", false, 20, kKinds, plan, nullptr};

} // namespace lacuna::pcapgen
