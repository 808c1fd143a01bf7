// Numbers that travel in clear in UDP: other encrypted tunnels, remote DMA, telemetry.
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// Nebula: version and type, subtype, reserved (2), index of the receiver, counter (8). Version 1;
/// messages carry data, all else is its housekeeping.
[[gnu::noinline]] inline Step nebula(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kMessage = 0x11;
    const std::uint8_t* p = at.data();
    // A session ends long before its counter has used the upper half.
    if (at.size() < 16 || p[0] != kMessage || load_be32(p + 8) != 0) return ctx.other(Role::nebula);
    ctx.observe(Protocol::nebula, ip_identity(ctx.ip, Protocol::nebula, load_be32(p + 4)),
                load_be64(p + 8));
    return Step::done();
}

/// OpenVPN, data channel of version 2: opcode 9 and key, peer (3), packet id (4). `to` is the port
/// it goes to. Of the peer 16 bits are kept: a server numbers its clients from 0 on.
[[gnu::noinline]] inline Step openvpn(Context& ctx, Cursor& at, std::uint16_t to) {
    constexpr std::uint8_t kDataV2 = 9;
    const std::uint8_t* p = at.data();
    if (at.size() < 8 || p[0] >> 3 != kDataV2) return ctx.other(Role::openvpn);
    const std::uint32_t peer = load_be32(p) & 0xFFFF;
    IdentityWords id = ip_identity(ctx.ip, Protocol::openvpn, std::uint32_t{to} << 16 | peer);
    ctx.observe(Protocol::openvpn, id, load_be32(p + 4));
    return Step::done();
}

/// RoCEv2: the base transport header of InfiniBand. Opcode, flags, partition (2), reserved and
/// queue pair (4), flags and packet number (4).
[[gnu::noinline]] inline Step roce(Context& ctx, Cursor& at) {
    if (!ctx.wants(Protocol::roce)) return ctx.other(Role::roce);
    if (at.size() < 12) return ctx.malformed();
    const std::uint8_t* p = at.data();
    const std::uint32_t pair = load_be32(p + 4) & 0xFFFFFF;
    ctx.observe(Protocol::roce, ip_identity(ctx.ip, Protocol::roce, pair),
                load_be32(p + 8) & 0xFFFFFF);
    return Step::done();
}

/// NetFlow version 9 (RFC 3954 5.1): version, count, uptime, seconds, number of the packet, source.
/// Other versions number records, not packets.
[[gnu::noinline]] inline Step netflow(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (!ctx.wants(Protocol::netflow9) || at.size() < 20 || load_be16(p) != 9)
        return ctx.other(Role::netflow);
    ctx.observe(Protocol::netflow9, sender_identity(ctx.ip, Protocol::netflow9, load_be32(p + 16)),
                load_be32(p + 12));
    return Step::done();
}

/// sFlow version 5: version, family and address of the agent, its sub-agent, number of the
/// datagram.
[[gnu::noinline]] inline Step sflow(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (!ctx.wants(Protocol::sflow) || at.size() < 8 || load_be32(p) != 5)
        return ctx.other(Role::sflow);
    const std::size_t agent = load_be32(p + 4) == 2 ? 24 : 12;
    if (at.size() < agent + 8) return ctx.other(Role::sflow);
    ctx.observe(Protocol::sflow, sender_identity(ctx.ip, Protocol::sflow, load_be32(p + agent)),
                load_be32(p + agent + 4));
    return Step::done();
}

} // namespace lacuna::wire
