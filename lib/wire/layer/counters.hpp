// Numbers that travel in clear in UDP: other encrypted tunnels, remote DMA, telemetry.
#pragma once

#include "wire/layer/ip.hpp"
#include "wire/layer/ipfix.hpp"

namespace lacuna::wire {

/// Nebula: version and type, subtype, reserved (2), index of the receiver, counter (8). Version 1;
/// messages carry data, all else is its housekeeping.
inline bool is_nebula_data(const Cursor& at) {
    constexpr std::uint8_t kMessage = 0x11;
    // A session ends long before its counter has used the upper half.
    return at.size() >= 16 && at.data()[0] == kMessage && load_be32(at.data() + 8) == 0;
}
inline IdentityWords nebula_identity(const Context& ctx, const std::uint8_t* p) {
    return ip_identity(ctx.ip, Protocol::nebula, load_be32(p + 4));
}
[[gnu::noinline]] inline Step nebula(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (!is_nebula_data(at)) return ctx.other(Role::nebula);
    ctx.observe(Protocol::nebula, nebula_identity(ctx, p), load_be64(p + 8));
    return Step::done();
}

/// OpenVPN, data channel of version 2: opcode 9 and key, peer (3), packet id (4). `to` is the port
/// it goes to. Of the peer 16 bits are kept: a server numbers its clients from 0 on.
inline bool is_openvpn_data(const Cursor& at) {
    constexpr std::uint8_t kDataV2 = 9;
    return at.size() >= 8 && at.data()[0] >> 3 == kDataV2;
}
inline IdentityWords openvpn_identity(const Context& ctx, const std::uint8_t* p, std::uint16_t to) {
    const std::uint32_t peer = load_be32(p) & 0xFFFF;
    return ip_identity(ctx.ip, Protocol::openvpn, std::uint32_t{to} << 16 | peer);
}
[[gnu::noinline]] inline Step openvpn(Context& ctx, Cursor& at, std::uint16_t to) {
    const std::uint8_t* p = at.data();
    if (!is_openvpn_data(at)) return ctx.other(Role::openvpn);
    ctx.observe(Protocol::openvpn, openvpn_identity(ctx, p, to), load_be32(p + 4));
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

/// NetFlow version 5: version, count of the records, uptime, seconds (4), nanoseconds (4), number
/// of the first record, engine (2), sampling (2); then records of 48 octets. It numbers records, so
/// a datagram covers as many numbers as it has records.
inline Step netflow5(Context& ctx, const Cursor& at) {
    constexpr std::size_t kHeader = 24, kRecord = 48, kMostRecords = 30;
    const std::uint8_t* p = at.data();
    const std::size_t records = at.size() < kHeader ? 0 : load_be16(p + 2);
    if (records == 0 || records > kMostRecords || at.declared() < kHeader + records * kRecord)
        return ctx.other(Role::netflow);
    ctx.observe(Protocol::netflow5, sender_identity(ctx.ip, Protocol::netflow5, load_be16(p + 20)),
                std::uint64_t{records} << 32 | load_be32(p + 16), kRun);
    return Step::done();
}

/// NetFlow version 9 (RFC 3954 5.1): version, count, uptime, seconds, number of the packet, source.
/// Version 10 on the same ports is IPFIX.
[[gnu::noinline]] inline Step netflow(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() >= 2 && load_be16(p) == kIpfixVersion) return ipfix(ctx, at);
    if (at.size() >= 2 && load_be16(p) == 5 && ctx.wants(Protocol::netflow5))
        return netflow5(ctx, at);
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
