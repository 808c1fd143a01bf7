// MPLS label stack (RFC 3032) and what lies below it.
#pragma once

#include "wire/layer/inner.hpp"

namespace lacuna::wire {

/// Walks to the bottom of the stack. No field names what follows. A SecTAG behind its own EtherType
/// (ANYsec) and an Ethernet frame of a pseudowire, with or without control word (RFC 4448 4.6), are
/// told by what they look like; for the rest, as routers do, the first nibble is taken for the IP
/// version (RFC 4928 2).
[[gnu::noinline]] inline Step mpls(Context& ctx, Cursor& at) {
    bool bottom = false;
    while (!bottom) {
        if (at.size() < 4) return ctx.other(Role::truncated);
        bottom = (at.data()[2] & 1) != 0;
        at.skip(4);
    }
    if (at.size() == 0) return ctx.other(Role::truncated);
    const std::uint8_t* p = at.data();
    // A MAC address may begin with the nibble of a version: a frame whose EtherType fits what
    // follows is one.
    const unsigned version = p[0] >> 4;
    if ((version == 4 || version == 6) && looks_ethernet(at) && !looks_ip(at))
        return inner_ethernet(ctx, at, Encapsulation::pseudowire);
    if (version == 4) return Step::ethertype(0x0800);
    if (version == 6) return Step::ethertype(0x86DD);
    if (at.size() >= 3 && load_be16(p) == 0x88E5 && (p[2] & 0x80) == 0) {
        at.skip(2);
        return Step::ethertype(0x88E5);
    }
    if (p[0] >> 4 == 0 && looks_ethernet(at, 4)) {
        at.skip(4);
        return inner_ethernet(ctx, at, Encapsulation::pseudowire);
    }
    if (looks_ethernet(at)) return inner_ethernet(ctx, at, Encapsulation::pseudowire);
    return ctx.other(Role::mpls);
}

/// A label stack in an IP packet (RFC 4023) or behind a UDP header (RFC 7510).
[[gnu::noinline]] inline Step inner_mpls(Context& ctx, Cursor& at) {
    return ctx.enter(Encapsulation::mpls) ? mpls(ctx, at) : ctx.too_deep();
}

} // namespace lacuna::wire
