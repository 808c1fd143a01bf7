#include "pcapgen/frames/layers.hpp"

namespace lacuna::pcapgen {
namespace {

constexpr std::uint16_t kTypeCustomerTag = 0x8100;
constexpr std::uint16_t kTypeServiceTag = 0x88A8;
constexpr std::uint8_t kHops = 64;

} // namespace

std::uint32_t ethernet_header(const FlowPlan& plan, std::uint16_t type, std::uint8_t* out) {
    std::memcpy(out, plan.destination_mac.data(), 6);
    std::memcpy(out + 6, plan.source_mac.data(), 6);
    std::uint32_t at = 12;
    for (unsigned i = 0; i < plan.tags; ++i) {
        const bool inner = i + 1 == plan.tags;
        put16(out + at, inner ? kTypeCustomerTag : kTypeServiceTag);
        put16(out + at + 2, plan.vid[i]);
        at += 4;
    }
    put16(out + at, type);
    return at + 2;
}

void ipv4_header(const FlowPlan& plan, std::uint8_t protocol, std::uint8_t* ip) {
    ip[0] = 0x45;
    put16(ip + 6, 0x4000); // DF
    ip[8] = kHops;
    ip[9] = protocol;
    std::memcpy(ip + 12, plan.source.data(), 4);
    std::memcpy(ip + 16, plan.destination.data(), 4);
    put16(ip + 10, sum_of(ip, kIpv4Header));
}

void ipv6_header(const FlowPlan& plan, std::uint8_t next, std::uint8_t* ip) {
    ip[0] = 0x60;
    ip[6] = next;
    ip[7] = kHops;
    std::memcpy(ip + 8, plan.source.data(), 16);
    std::memcpy(ip + 24, plan.destination.data(), 16);
}

std::uint16_t pseudo_sum(const FlowPlan& plan, bool ipv6, std::uint8_t protocol) {
    const std::size_t n = ipv6 ? 16 : 4;
    return fold(std::uint64_t{sum_of(plan.source.data(), n)} + sum_of(plan.destination.data(), n)
                + protocol);
}

void udp_header(const FlowPlan& plan, bool ipv6, std::uint8_t* udp) {
    constexpr std::uint8_t kUdp = 17;
    put16(udp, plan.source_port);
    put16(udp + 2, plan.destination_port);
    put16(udp + 6, fold(std::uint64_t{pseudo_sum(plan, ipv6, kUdp)} + plan.source_port
                        + plan.destination_port));
}

} // namespace lacuna::pcapgen
