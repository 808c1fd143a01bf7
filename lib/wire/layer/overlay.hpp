// Frames and packets in UDP: VXLAN (RFC 7348), VXLAN-GPE, GENEVE (RFC 8926), GTP-U (3GPP
// TS 29.281), TZSP; and EtherIP (RFC 3378), PBB (IEEE 802.1Q clause 9.7). A header that cannot be
// one is named by its port.
#pragma once

#include "wire/layer/inner.hpp"
#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// Flags with the I bit, reserved, VNI, reserved. Some use the octets between for a group policy.
[[gnu::noinline]] inline Step vxlan(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 8 || (p[0] & 0x08) == 0 || p[7] != 0) return ctx.other(Role::vxlan);
    at.skip(8);
    return inner_ethernet(ctx, at, Encapsulation::vxlan);
}

/// As VXLAN, but the P bit says that the fourth octet names what follows.
[[gnu::noinline]] inline Step vxlan_gpe(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 8 || (p[0] & 0x08) == 0) return ctx.other(Role::vxlan_gpe);
    const unsigned next = (p[0] & 0x04) != 0 ? p[3] : 3;
    at.skip(8);
    switch (next) {
    case 1:
    case 2:
        return inner_ip(ctx, at, Encapsulation::vxlan_gpe, Role::vxlan_gpe);
    case 3:
        return inner_ethernet(ctx, at, Encapsulation::vxlan_gpe);
    case 5:
        return ctx.enter(Encapsulation::vxlan_gpe) ? Step::ethertype(0x8847) : ctx.too_deep();
    default:
        return ctx.other(Role::vxlan_gpe);
    }
}

/// Version 0, length of the options in units of 4 octets, flags, EtherType, VNI (RFC 8926 3.4).
[[gnu::noinline]] inline Step geneve(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 8 || p[0] >> 6 != 0) return ctx.other(Role::geneve);
    const std::size_t header = 8 + (p[0] & 0x3Fu) * 4;
    const std::uint16_t type = load_be16(p + 2);
    if (at.size() < header || type <= kMaxLength) return ctx.other(Role::geneve);
    at.skip(header);
    if (type == 0x6558) return inner_ethernet(ctx, at, Encapsulation::geneve);
    return ctx.enter(Encapsulation::geneve) ? Step::ethertype(type) : ctx.too_deep();
}

/// Version 1 with a G-PDU (TS 29.281 5.1); with any of E, S and PN four more octets, and extension
/// headers in units of 4 octets, each of which ends with the type of the next.
[[gnu::noinline]] inline Step gtp_u(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kGpdu = 255;
    const std::uint8_t* p = at.data();
    if (at.size() < 8 || (p[0] & 0xF0) != 0x30 || p[1] != kGpdu) return ctx.other(Role::gtp_u);
    const std::size_t length = load_be16(p + 2);
    at.skip(8);
    at.bound(length);
    if ((p[0] & 0x07) != 0) {
        const bool numbered = (p[0] & 0x02) != 0 && ctx.wants(Protocol::gtp_u);
        if (at.size() < 4) return numbered ? ctx.malformed() : ctx.other(Role::gtp_u);
        if (numbered
            && !ctx.observe(Protocol::gtp_u, ip_identity(ctx.ip, Protocol::gtp_u, load_be32(p + 4)),
                            load_be16(at.data())))
            return Step::done();
        std::uint8_t next = (p[0] & 0x04) != 0 ? at.data()[3] : 0;
        at.skip(4);
        while (next != 0) {
            const std::size_t extension = at.size() == 0 ? 0 : at.data()[0] * std::size_t{4};
            if (extension == 0 || at.size() < extension) return ctx.other(Role::gtp_u);
            next = at.data()[extension - 1];
            at.skip(extension);
        }
    }
    // An Ethernet session carries frames (TS 23.501 5.6.10.2); no field says so.
    const unsigned version = at.size() == 0 ? 0 : at.data()[0] >> 4;
    if (version != 4 && version != 6 && looks_ethernet(at))
        return inner_ethernet(ctx, at, Encapsulation::gtp_u);
    return inner_ip(ctx, at, Encapsulation::gtp_u, Role::gtp_u);
}

/// Version 1, a received packet, what it is (1: Ethernet), tagged fields up to an end mark.
[[gnu::noinline]] inline Step tzsp(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 5 || p[0] != 1 || p[1] > 1 || load_be16(p + 2) != 1)
        return ctx.other(Role::tzsp);
    at.skip(4);
    for (;;) {
        constexpr std::uint8_t kPadding = 0, kEnd = 1;
        if (at.size() == 0) return ctx.other(Role::tzsp);
        const std::uint8_t field = at.data()[0];
        at.skip(1);
        if (field == kEnd) break;
        if (field == kPadding) continue;
        if (at.size() == 0 || at.size() < at.data()[0] + std::size_t{1})
            return ctx.other(Role::tzsp);
        at.skip(at.data()[0] + std::size_t{1});
    }
    return inner_ethernet(ctx, at, Encapsulation::tzsp);
}

/// Version 3, reserved (RFC 3378 3), then an Ethernet frame.
[[gnu::noinline]] inline Step etherip(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kProtocol = 97;
    if (at.size() < 2 || at.data()[0] != 0x30) return ctx.other_protocol(kProtocol);
    at.skip(2);
    return inner_ethernet(ctx, at, Encapsulation::etherip);
}

/// The I-TAG of a provider backbone: priority and I-SID, then the customer's addresses.
[[gnu::noinline]] inline Step pbb(Context& ctx, Cursor& at) {
    if (at.size() < 4) return ctx.other_ethertype(0x88E7);
    at.skip(4);
    return inner_ethernet(ctx, at, Encapsulation::pbb);
}

} // namespace lacuna::wire
