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
inline SaIdentity ip_identity(const IpHeader& ip, Protocol protocol, std::uint32_t spi) {
    SaIdentity id{};
    id.key.spi = spi;
    id.key.protocol = protocol;
    id.key.family = ip.family;
    if (ip.family == Family::ipv6) {
        std::memcpy(id.key.addr, ip.dst, 16);
        if (ip.dst[0] == 0xFF) { // ff00::/8
            id.key.multicast = 1;
            std::memcpy(id.src6, ip.src, 16);
        }
    } else {
        std::memcpy(id.key.addr, ip.dst, 4);
        if ((ip.dst[0] & 0xF0) == 0xE0) { // 224.0.0.0/4
            id.key.multicast = 1;
            std::memcpy(id.key.addr + 4, ip.src, 4);
        }
    }
    return id;
}

} // namespace lacuna::wire
