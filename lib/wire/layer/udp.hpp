// UDP (RFC 768), as far as IKE and ESP use it (RFC 3948).
#pragma once

#include "wire/layer/esp.hpp"

namespace lacuna::wire {

inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint16_t kPortIke = 500;
inline constexpr std::uint16_t kPortNatt = 4500;

/// Port 4500: ESP, IKE behind four zero octets, or a keepalive (RFC 3948 2.1 - 2.3). The IP length
/// bounds the payload; the UDP length only tells a keepalive in a padded packet.
inline Step natt(Context& ctx, Cursor& at, std::size_t udp_length) {
    const std::uint8_t* p = at.data();
    const std::size_t size = at.size();
    if ((udp_length == 8 + 1 || at.declared() == 1) && size >= 1 && p[0] == 0xFF)
        return ctx.other(Role::natt_keepalive);
    if (size >= 4 && load_be32(p) == 0) return ctx.other(Role::ike);
    const bool empty = size == 0 && (!at.cut() || udp_length == 8);
    if (empty) return ctx.other_protocol(kProtocolUdp);
    return esp(ctx, at);
}

inline Step udp(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 4)
        return at.cut() ? ctx.other(Role::truncated) : ctx.other_protocol(kProtocolUdp);
    ctx.transport(Protocol::udp, p);
    const std::uint16_t from = load_be16(p);
    const std::uint16_t to = load_be16(p + 2);
    if (from == kPortNatt || to == kPortNatt) {
        if (at.size() < 8) return at.cut() ? ctx.malformed() : ctx.other_protocol(kProtocolUdp);
        at.skip(8);
        return natt(ctx, at, load_be16(p + 4));
    }
    if (from == kPortIke || to == kPortIke) return ctx.other(Role::ike);
    return ctx.other_protocol(kProtocolUdp);
}

} // namespace lacuna::wire
