// What IPv4 and IPv6 share, and the identity of the associations they carry.
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

/// IP headers inside each other that are followed.
inline constexpr unsigned kMaxIpHeaders = 8;

inline constexpr std::uint8_t kProtocolEsp = 50;
inline constexpr std::uint8_t kProtocolAh = 51;

constexpr bool names_secured(std::uint8_t protocol) {
    return protocol == kProtocolEsp || protocol == kProtocolAh;
}

/// RFC 4301 4.1: protocol, SPI and destination; to a multicast destination the source too, because
/// several senders may share an SPI there, each with its own counter.
inline IdentityWords ip_identity(const IpHeader& ip, Protocol protocol, std::uint32_t spi) {
    IdentityWords id;
    if (ip.family == Family::ipv6) {
        const bool group = ip.dst[0] == 0xFF; // ff00::/8
        id.head = key_head(spi, protocol, 0, Family::ipv6, group);
        std::memcpy(id.addr, ip.dst, 16);
        std::memcpy(id.src, ip.src, 16);
    } else {
        const bool group = (ip.dst[0] & 0xF0) == 0xE0; // 224.0.0.0/4
        id.head = key_head(spi, protocol, 0, Family::ipv4, group);
        id.addr[0] = four_octets(ip.dst);
        (group ? id.addr : id.source)[0] |= last_four_octets(ip.src);
    }
    return id;
}

/// Of a counter each sender has for itself, whoever it sends to: by its own address.
inline IdentityWords sender_identity(const IpHeader& ip, Protocol protocol, std::uint32_t number) {
    IdentityWords id;
    id.head = key_head(number, protocol, 0, ip.family, false);
    if (ip.family == Family::ipv6)
        std::memcpy(id.addr, ip.src, 16);
    else
        id.addr[0] = four_octets(ip.src);
    return id;
}

} // namespace lacuna::wire
