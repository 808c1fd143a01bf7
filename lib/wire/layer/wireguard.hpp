// WireGuard (the protocol's paper, section 5.4): its transport data carry a counter in clear.
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// What a datagram is to WireGuard.
enum class WireguardMessage : std::uint8_t { none, handshake, data };

/// Told by the message itself, on any port: type, three zero octets, and the length that belongs to
/// the type. Data are padded to 16 octets and end with a tag of 16; a session ends long before its
/// counter, 64 bits in little endian, has used the upper half.
inline WireguardMessage wireguard_message(const Cursor& at, std::size_t length) {
    const std::uint8_t* p = at.data();
    if (at.size() < 16 || (load_be32(p) & 0x00FFFFFF) != 0) return WireguardMessage::none;
    switch (p[0]) {
    case 1:
        return length == 148 ? WireguardMessage::handshake : WireguardMessage::none;
    case 2:
        return length == 92 ? WireguardMessage::handshake : WireguardMessage::none;
    case 3:
        return length == 64 ? WireguardMessage::handshake : WireguardMessage::none;
    case 4:
        return length >= 32 && length % 16 == 0 && load_be32(p + 12) == 0 ? WireguardMessage::data
                                                                          : WireguardMessage::none;
    default:
        return WireguardMessage::none;
    }
}

/// Type, reserved (3), index of the receiver (4, little endian), counter (8, little endian).
inline Step wireguard_data(Context& ctx, const Cursor& at) {
    const std::uint8_t* p = at.data();
    const auto receiver = bswap(load_be32(p + 4));
    ctx.observe(Protocol::wireguard, ip_identity(ctx.ip, Protocol::wireguard, receiver),
                bswap(load_be64(p + 8)));
    return Step::done();
}

} // namespace lacuna::wire
