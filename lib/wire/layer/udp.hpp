// UDP (RFC 768): what its ports lead to; ESP and IKE behind it (RFC 3948).
#pragma once

#include "wire/layer/counters.hpp"
#include "wire/layer/esp.hpp"
#include "wire/layer/overlay.hpp"
#include "wire/layer/ppp.hpp"
#include "wire/layer/wireguard.hpp"

namespace lacuna::wire {

inline constexpr std::uint8_t kProtocolUdp = 17;

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
    if (size >= 4 && load_be32(p) <= kLastReservedSpi) return ctx.other_protocol(kProtocolUdp);
    return esp(ctx, at);
}

/// A port that only some use for ESP: what cannot be ESP (no SPI, a length that is no multiple of
/// 4, RFC 4303 2.4) is what it would be elsewhere; IKE is told by its version (RFC 7296 3.1).
inline Step natt_other(Context& ctx, Cursor& at, std::size_t udp_length) {
    constexpr std::size_t kMarker = 4, kVersion = kMarker + 17;
    const std::uint8_t* p = at.data();
    if (at.size() > kVersion && load_be32(p) == 0 && (p[kVersion] == 0x10 || p[kVersion] == 0x20))
        return ctx.other(Role::ike);
    if (at.size() < 8 || load_be32(p) <= kLastReservedSpi || udp_length % 4 != 0)
        return ctx.other_protocol(kProtocolUdp);
    return esp(ctx, at);
}

/// A datagram to or from a port that stands for something.
[[gnu::noinline]] inline Step udp_by_port(Context& ctx, Cursor& at, UdpUse from, UdpUse to) {
    const std::uint8_t* p = at.data();
    const auto is = [&](UdpUse use) { return from == use || to == use; };
    if (is_service(from)) return ctx.other(role_of(from));
    if (is_service(to)) return ctx.other(role_of(to));
    if (is(UdpUse::natt)) {
        if (at.size() < 8) return at.cut() ? ctx.malformed() : ctx.other_protocol(kProtocolUdp);
        at.skip(8);
        return natt(ctx, at, load_be16(p + 4));
    }
    if (is(UdpUse::ike)) return ctx.other(Role::ike);
    if (at.size() < 8)
        return at.cut() ? ctx.other(Role::truncated) : ctx.other_protocol(kProtocolUdp);
    at.skip(8);
    // A tunnel is named by the port it goes to; what it comes from is often drawn by a hash.
    switch (to != UdpUse::unknown ? to : from) {
    case UdpUse::natt_other:
        return natt_other(ctx, at, load_be16(p + 4));
    case UdpUse::vxlan:
        return vxlan(ctx, at);
    case UdpUse::vxlan_gpe:
        return vxlan_gpe(ctx, at);
    case UdpUse::geneve:
        return geneve(ctx, at);
    case UdpUse::gtp_u:
        return gtp_u(ctx, at);
    case UdpUse::l2tp:
        return l2tp(ctx, at);
    case UdpUse::tzsp:
        return tzsp(ctx, at);
    case UdpUse::nebula:
        return nebula(ctx, at);
    case UdpUse::openvpn:
        return openvpn(ctx, at, load_be16(p + 2));
    case UdpUse::roce:
        return roce(ctx, at);
    case UdpUse::netflow:
        return netflow(ctx, at);
    case UdpUse::sflow:
        return sflow(ctx, at);
    default:
        return ctx.other_protocol(kProtocolUdp);
    }
}

inline Step udp(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 4)
        return at.cut() ? ctx.other(Role::truncated) : ctx.other_protocol(kProtocolUdp);
    ctx.transport(Protocol::udp, p);
    const UdpUse from = ctx.udp_ports()[load_be16(p)];
    const UdpUse to = ctx.udp_ports()[load_be16(p + 2)];
    if (from != UdpUse::unknown || to != UdpUse::unknown) return udp_by_port(ctx, at, from, to);
    if (at.size() >= 8 + 16) {
        const std::size_t length = load_be16(p + 4);
        Cursor payload = at;
        payload.skip(8);
        switch (wireguard_message(payload, length < 8 ? 0 : length - 8)) {
        case WireguardMessage::data:
            return wireguard_data(ctx, payload);
        case WireguardMessage::handshake:
            return ctx.other(Role::wireguard);
        case WireguardMessage::none:
            break;
        }
    }
    return ctx.other_protocol(kProtocolUdp);
}

} // namespace lacuna::wire
