// ESP (RFC 4303) as AES-GCM sends it (RFC 4106: 8-octet IV), ESP in UDP 4500 (RFC 3948), and AH
// (RFC 4302) around a small UDP datagram; over IPv4 and IPv6.
#include "pcapgen/frames/layers.hpp"

#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

constexpr std::uint8_t kProtocolUdp = 17;
constexpr std::uint8_t kProtocolEsp = 50;
constexpr std::uint8_t kProtocolAh = 51;
constexpr std::uint32_t kEspHeader = 8;
constexpr std::uint32_t kIv = 8;
constexpr std::uint32_t kSmallestBody = 4; ///< padding, pad length, next header; a multiple of 4
constexpr std::uint32_t kAhIcv = 12;
constexpr std::uint32_t kAhHeader = 12 + kAhIcv; ///< a multiple of 8, as IPv6 demands
constexpr std::uint32_t kSmallestAhData = 4;
constexpr std::uint16_t kNattPort = 4500;
constexpr std::uint32_t kReservedSpis = 256; ///< RFC 4303 2.1

template <bool kV6>
constexpr std::uint32_t kIp = kV6 ? kIpv6Header : kIpv4Header;
template <bool kUdp>
constexpr std::uint32_t kEncap = kUdp ? kUdpHeader : 0;

template <bool kV6>
void ip_header(const FlowPlan& plan, std::uint8_t protocol, std::uint8_t* ip) {
    if constexpr (kV6)
        ipv6_header(plan, protocol, ip);
    else
        ipv4_header(plan, protocol, ip);
}

template <bool kV6, bool kUdp>
std::uint32_t esp_smallest(unsigned tags, std::uint32_t icv) {
    return smallest_with(tags, kIp<kV6> + kEncap<kUdp> + kEspHeader + kIv + kSmallestBody + icv);
}

template <bool kV6, bool kUdp>
void esp_header(const FlowPlan& plan, std::uint8_t* out) {
    std::uint8_t* const ip = out + ethernet_header(plan, kV6 ? kTypeIpv6 : kTypeIpv4, out);
    ip_header<kV6>(plan, kUdp ? kProtocolUdp : kProtocolEsp, ip);
    if constexpr (kUdp) udp_header(plan, kV6, ip + kIp<kV6>);
    put32(ip + kIp<kV6> + kEncap<kUdp>, plan.spi);
}

template <bool kV6, bool kUdp>
std::uint32_t esp_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    std::uint8_t* const udp = ip + kIp<kV6>;
    std::uint8_t* const esp = udp + kEncap<kUdp>;
    // What is encrypted ends on a multiple of four octets (RFC 4303 2.4); all before it is one.
    std::uint32_t total = job.size - job.network;
    const std::uint32_t over = total & 3;
    total -= over;
    put32(esp + 4, job.number);
    const std::uint32_t fixed = kIp<kV6> + kEncap<kUdp> + kEspHeader;
    fill(esp + kEspHeader, job.octets, total - fixed);
    finish_ip(ip, kV6, total, job.number);
    if constexpr (kUdp && kV6) {
        finish_udp(udp, total - kIp<kV6>);
    } else if constexpr (kUdp) {
        put16(udp + 4, total - kIp<kV6>);
        put16(udp + 6, 0); // RFC 3948 2.1
    }
    std::memset(ip + total, 0, 4);
    const std::uint32_t length = job.exact ? job.size : pad_frame(out, job.network + total);
    return length;
}

template <bool kV6>
std::uint32_t ah_smallest(unsigned tags, std::uint32_t) {
    return smallest_with(tags, kIp<kV6> + kAhHeader + kUdpHeader + kSmallestAhData);
}

template <bool kV6>
void ah_header(const FlowPlan& plan, std::uint8_t* out) {
    std::uint8_t* const ip = out + ethernet_header(plan, kV6 ? kTypeIpv6 : kTypeIpv4, out);
    ip_header<kV6>(plan, kProtocolAh, ip);
    std::uint8_t* const ah = ip + kIp<kV6>;
    ah[0] = kProtocolUdp;
    ah[1] = kAhHeader / 4 - 2; // RFC 4302 2.2
    put32(ah + 4, plan.spi);
    udp_header(plan, kV6, ah + kAhHeader);
}

template <bool kV6>
std::uint32_t ah_build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const ip = out + job.network;
    std::uint8_t* const ah = ip + kIp<kV6>;
    std::uint8_t* const udp = ah + kAhHeader;
    const std::uint32_t total = job.size - job.network;
    put32(ah + 8, job.number);
    std::memcpy(ah + 12, job.octets, kAhIcv);
    const std::uint32_t datagram = total - kIp<kV6> - kAhHeader;
    fill(udp + kUdpHeader, job.text, datagram - kUdpHeader);
    finish_udp(udp, datagram);
    finish_ip(ip, kV6, total, job.number);
    return job.size;
}

enum Shape : std::size_t { esp4, esp6, natt4, natt6, ah4, ah6 };
constexpr FrameKind kKinds[] = {
    {"esp, ipv4", Class::esp, "", false, esp_smallest<false, false>, esp_header<false, false>,
     esp_build<false, false>},
    {"esp, ipv6", Class::esp, "", true, esp_smallest<true, false>, esp_header<true, false>,
     esp_build<true, false>},
    {"esp in udp, ipv4", Class::esp, "", false, esp_smallest<false, true>, esp_header<false, true>,
     esp_build<false, true>},
    {"esp in udp, ipv6", Class::esp, "", true, esp_smallest<true, true>, esp_header<true, true>,
     esp_build<true, true>},
    {"ah, ipv4", Class::ah, "", false, ah_smallest<false>, ah_header<false>, ah_build<false>},
    {"ah, ipv6", Class::ah, "", true, ah_smallest<true>, ah_header<true>, ah_build<true>},
};

std::uint32_t spi_of(std::uint64_t index, const PlanRules& rules) {
    // A permutation of all 32 bits, walked on past the reserved values, is one of the others.
    std::uint64_t spi = index;
    do
        spi = permute(spi, 32, rules.seed ^ 0x737069);
    while (spi < kReservedSpis);
    return static_cast<std::uint32_t>(spi);
}

void place(FlowPlan& p, const PlanRules& rules, std::uint64_t gateway, bool ipv6) {
    // Four SAs end in each gateway; sources come from a range of their own.
    p.source = ipv6 ? ipv6_host(gateway ^ 1, rules, 1) : ipv4_host(gateway ^ 1, rules, 1);
    p.destination = ipv6 ? ipv6_host(gateway, rules, 1) : ipv4_host(gateway, rules, 1);
}

FlowPlan plan(const PlanRules& rules, std::uint64_t index) {
    FlowPlan p;
    plan_link(p, rules, index, 1);
    const bool ah = in_share(index, rules.ah);
    const std::uint64_t among_esp = index - share_before(index, rules.ah);
    const bool natt = !ah && in_share(among_esp, rules.natt);
    // Ranked within its kind, so that each kind gets its exact share of IPv6.
    std::uint64_t rank = share_before(index, rules.ah);
    if (natt) rank = share_before(among_esp, rules.natt);
    if (!ah && !natt) rank = among_esp - share_before(among_esp, rules.natt);
    const bool ipv6 = in_share(rank, rules.ipv6);
    p.kind = &kKinds[(ah ? ah4 : natt ? natt4 : esp4) + (ipv6 ? 1 : 0)];
    place(p, rules, index / 4, ipv6);
    // Now and then one SPI serves two SAs to different destinations, as real ones may.
    p.spi = spi_of(index % 16 == 4 ? index - 4 : index, rules);
    p.source_port = natt ? kNattPort : static_cast<std::uint16_t>(40000 + index % 9000);
    p.destination_port = natt ? kNattPort : std::uint16_t{9};
    return p;
}

std::string id(const FlowPlan& p) {
    return fmt::format("{}-{:08x}-{}", class_name(p.kind->cls), p.spi,
                       address_text(p.destination, p.kind->ipv6));
}

} // namespace

constinit const Family kIpsec{"ipsec", true, 40, kKinds, plan, id};

FlowPlan plan_flood(const PlanRules& rules, std::uint64_t index) {
    FlowPlan p;
    plan_link(p, rules, index, 1);
    p.kind = &kKinds[esp4];
    place(p, rules, index / 4, false);
    p.spi = spi_of(index, rules);
    return p;
}

} // namespace lacuna::pcapgen
