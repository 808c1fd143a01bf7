// UDP (RFC 768): what its ports lead to; ESP and IKE behind it (RFC 3948).
#pragma once

#include "wire/layer/counters.hpp"
#include "wire/layer/declared.hpp"
#include "wire/layer/esp.hpp"
#include "wire/layer/mpls.hpp"
#include "wire/layer/overlay.hpp"
#include "wire/layer/ppp.hpp"
#include "wire/layer/rtp.hpp"
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
    if (size >= 4 && load_be32(p) == 0) {
        at.skip(4);
        return ctx.ike(at);
    }
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
    if (at.size() > kVersion && load_be32(p) == 0 && (p[kVersion] == 0x10 || p[kVersion] == 0x20)) {
        at.skip(kMarker);
        return ctx.ike(at);
    }
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
    if (is(UdpUse::ike)) {
        at.skip(std::min<std::size_t>(at.size(), 8));
        return ctx.ike(at);
    }
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
    case UdpUse::mpls:
        return inner_mpls(ctx, at);
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
    case UdpUse::rtp:
        return rtp(ctx, at);
    case UdpUse::declared:
        return declared_port(ctx, at, load_be16(p), load_be16(p + 2));
    default:
        return ctx.other_protocol(kProtocolUdp);
    }
}

/// A datagram between ports that stand for nothing, told by its own octets; those of streams that
/// only their numbers can prove are on trial.
[[gnu::noinline]] inline Step udp_by_content(Context& ctx, const Cursor& payload) {
    constexpr std::uint8_t kQuicLong = 0xC0;
    const std::uint8_t* p = payload.data();
    const std::uint32_t second = load_be32(p + 1);
    if ((p[0] & kQuicLong) == kQuicLong && (second == 1 || second == 0x6B3343CF))
        return ctx.other(Role::quic); // RFC 9000 17.2, RFC 9369
    if (p[0] >= 20 && p[0] <= 26 && (second >> 16 == 0xFEFD || second >> 16 == 0xFEFF))
        return ctx.other(Role::dtls); // RFC 6347 4.1
    if (ctx.trials()) {
        constexpr std::size_t kOpenvpnLeast = 24, kNebulaLeast = 32;
        if (is_openvpn_data(payload) && payload.size() >= kOpenvpnLeast)
            ctx.observe_on_trial(openvpn_identity(ctx, p, load_be16(p - 6)), load_be32(p + 4));
        else if (is_nebula_data(payload) && load_be32(p) == 0x11000000
                 && payload.size() >= kNebulaLeast)
            ctx.observe_on_trial(nebula_identity(ctx, p), load_be64(p + 8));
        else if (ctx.wants(Protocol::rtp) && is_rtp(payload))
            ctx.observe_on_trial(rtp_identity(ctx, p), load_be16(p + 2));
    }
    return ctx.other_protocol(kProtocolUdp);
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
            return udp_by_content(ctx, payload);
        }
    }
    return ctx.other_protocol(kProtocolUdp);
}

} // namespace lacuna::wire
