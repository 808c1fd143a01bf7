// Headers of Ethernet, IPv4, IPv6 and UDP: written once per flow into a template whose checksum
// fields hold the partial sum of what never changes, and finished per frame.
#pragma once

#include "pcapgen/frames/checksum.hpp"
#include "pcapgen/frames/frame_kind.hpp"

#include <cstring>

namespace lacuna::pcapgen {

inline constexpr std::uint16_t kTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kTypeArp = 0x0806;
inline constexpr std::uint16_t kTypeIpv6 = 0x86DD;
inline constexpr std::uint16_t kTypeMacsec = 0x88E5;
inline constexpr std::uint32_t kIpv4Header = 20;
inline constexpr std::uint32_t kIpv6Header = 40;
inline constexpr std::uint32_t kUdpHeader = 8;

inline void put16(std::uint8_t* p, std::uint32_t v) {
    store_be(p, static_cast<std::uint16_t>(v));
}
inline void put32(std::uint8_t* p, std::uint32_t v) {
    store_be(p, v);
}

/// Offset of what follows the EtherType behind `tags` VLAN tags.
constexpr std::uint32_t network_offset(unsigned tags) {
    return 14 + 4 * tags;
}
/// Smallest frame with `network` octets behind the EtherType.
constexpr std::uint32_t smallest_with(unsigned tags, std::uint32_t network) {
    const std::uint32_t n = network_offset(tags) + network;
    return n < kSmallestFrame ? kSmallestFrame : n;
}

/// MACs, VLAN tags (802.1ad outside 802.1Q where there are two) and EtherType. Returns the offset
/// behind it.
std::uint32_t ethernet_header(const FlowPlan& plan, std::uint16_t type, std::uint8_t* out);
/// RFC 791 without options, DF set. Total length, identification and checksum are left to
/// finish_ipv4().
void ipv4_header(const FlowPlan& plan, std::uint8_t protocol, std::uint8_t* ip);
/// RFC 8200. Payload length is left to finish_ipv6().
void ipv6_header(const FlowPlan& plan, std::uint8_t next, std::uint8_t* ip);
/// Folded sum of the addresses and `protocol`: the constant part of a pseudo-header.
std::uint16_t pseudo_sum(const FlowPlan& plan, bool ipv6, std::uint8_t protocol);
/// Ports, and in the checksum field the partial sum of ports and pseudo-header.
void udp_header(const FlowPlan& plan, bool ipv6, std::uint8_t* udp);

inline void finish_ipv4(std::uint8_t* ip, std::uint32_t total, std::uint32_t id) {
    put16(ip + 2, total);
    put16(ip + 4, id);
    put16(ip + 10, checksum(std::uint64_t{load_be16(ip + 10)} + total + (id & 0xFFFF)));
}
inline void finish_ipv6(std::uint8_t* ip, std::uint32_t total) {
    put16(ip + 4, total - kIpv6Header);
}
inline void finish_ip(std::uint8_t* ip, bool ipv6, std::uint32_t total, std::uint32_t id) {
    if (ipv6)
        finish_ipv6(ip, total);
    else
        finish_ipv4(ip, total, id);
}
/// `length` octets of UDP header and payload, the payload already there.
inline void finish_udp(std::uint8_t* udp, std::uint32_t length) {
    put16(udp + 4, length);
    put16(udp + 6, udp_checksum(std::uint64_t{load_be16(udp + 6)} + 2 * std::uint64_t{length}
                                + sum_of(udp + kUdpHeader, length - kUdpHeader)));
}

/// Copies the template; always all of it, which is cheaper than knowing how much is needed.
inline void copy_header(const FrameJob& job, std::uint8_t* out) {
    std::memcpy(out, job.header, kHeaderRoom);
}
/// Copies at least `n` octets, in steps of 64.
inline void fill(std::uint8_t* out, const std::uint8_t* from, std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; i += 64)
        std::memcpy(out + i, from + i, 64);
}
/// Ends a frame of `end` octets: zeroes up to the Ethernet minimum.
inline std::uint32_t pad_frame(std::uint8_t* out, std::uint32_t end) {
    if (end >= kSmallestFrame) return end;
    std::memset(out + end, 0, kSmallestFrame - end);
    return kSmallestFrame;
}

} // namespace lacuna::pcapgen
