// Link types beside Ethernet, raw IP and Linux cooked captures (tcpdump.org/linktypes.html).
#pragma once

#include "wire/layer/link/link.hpp"
#include "wire/layer/mpls.hpp"
#include "wire/layer/ppp.hpp"

#include <utility>

namespace lacuna::wire {

/// An IP packet behind `header` octets, its family told by the version nibble.
inline Step ip_behind(Context& ctx, Cursor& at, std::size_t header) {
    if (at.size() <= header) return ctx.other(Role::runt);
    at.skip(header);
    const unsigned version = at.data()[0] >> 4;
    if (version != 4 && version != 6) return ctx.other(Role::unsupported_link);
    return raw_ip(ctx, at);
}

/// LINKTYPE_NULL and LINKTYPE_LOOP: an address family of 4 octets whose numbers and byte order
/// depend on the system. The version nibble tells the same for all of them.
inline Step loopback(Context& ctx, Cursor& at) {
    return ip_behind(ctx, at, 4);
}

/// LINKTYPE_ENC of OpenBSD: address family, SPI and flags of the SA the packet came out of.
inline Step enc(Context& ctx, Cursor& at) {
    return ip_behind(ctx, at, 12);
}

/// LINKTYPE_IPNET of Solaris: version, family, length, interfaces and zones.
inline Step ipnet(Context& ctx, Cursor& at) {
    return ip_behind(ctx, at, 24);
}

/// LINKTYPE_C_HDLC: address, control, EtherType.
inline Step cisco_hdlc(Context& ctx, Cursor& at) {
    if (at.size() < 4) return ctx.other(Role::runt);
    const std::uint16_t type = load_be16(at.data() + 2);
    at.skip(4);
    return type <= kMaxLength ? ctx.other_ethertype(type) : Step::ethertype(type);
}

/// LINKTYPE_PPP and LINKTYPE_PPP_HDLC: an address of 0x0F or 0x8F is that of Cisco HDLC.
inline Step serial(Context& ctx, Cursor& at) {
    if (at.size() == 0) return ctx.other(Role::runt);
    const std::uint8_t address = at.data()[0];
    return address == 0x0F || address == 0x8F ? cisco_hdlc(ctx, at) : ppp(ctx, at);
}

/// LINKTYPE_NFLOG: family, version 0, resource; then attributes (length, type, padded to 4 octets)
/// in the byte order of the system, one of which is the packet.
inline Step nflog(Context& ctx, Cursor& at) {
    constexpr std::uint16_t kPayload = 9;
    if (at.size() < 4 || at.data()[1] != 0) return ctx.other(Role::unsupported_link);
    at.skip(4);
    while (at.size() >= 4) {
        const std::uint8_t* p = at.data();
        std::size_t length = load_be16(p);
        std::size_t type = load_be16(p + 2);
        if ((type & 0xFF) == 0) { // little endian: no attribute has a number above 255
            length = bswap(static_cast<std::uint16_t>(length));
            type = bswap(static_cast<std::uint16_t>(type));
        }
        if (length < 4) break;
        if (type == kPayload) return ip_behind(ctx, at, 4);
        const std::size_t padded = (length + 3) & ~std::size_t{3};
        if (at.size() < padded) break;
        at.skip(padded);
    }
    return ctx.other(Role::unsupported_link);
}

/// LINKTYPE_JUNIPER_ETHER: "MGC", flags, and with the top flag extensions with their length.
/// Without a link-layer header IP follows.
inline Step juniper_ethernet(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kNoLinkLayer = 0x02, kExtended = 0x80;
    const std::uint8_t* p = at.data();
    if (at.size() < 4 || p[0] != 'M' || p[1] != 'G' || p[2] != 'C')
        return ctx.other(Role::unsupported_link);
    std::size_t header = 4;
    if ((p[3] & kExtended) != 0) {
        if (at.size() < 6) return ctx.other(Role::runt);
        header = 6 + std::size_t{load_be16(p + 4)};
    }
    if (at.size() < header) return ctx.other(Role::runt);
    if ((p[3] & kNoLinkLayer) != 0) return ip_behind(ctx, at, header);
    at.skip(header);
    return ethernet(ctx, at);
}

/// An Ethernet frame from the port of a switch, with its tag of 4 octets behind the addresses
/// (Marvell DSA, Broadcom).
inline Step switch_tag(Context& ctx, Cursor& at) {
    if (at.size() < 18) return ctx.other(Role::runt);
    ctx.mac = at.data() + 6;
    const std::uint16_t type = load_be16(at.data() + 16);
    at.skip(18);
    return Step::ethertype(type);
}

/// With the tag of 4 octets before the addresses.
inline Step switch_tag_before(Context& ctx, Cursor& at) {
    if (at.size() < 4) return ctx.other(Role::runt);
    at.skip(4);
    return ethernet(ctx, at);
}

inline Step no_link(Context& ctx, Cursor&) {
    return ctx.other(Role::unsupported_link);
}

/// The layer each link type begins with, by LinkType.
inline constexpr Step (*kByLink[])(Context&, Cursor&) = {
    ethernet, raw_ip,           cooked_v1,  cooked_v2,
    no_link,  loopback,         serial,     pppoe,
    mpls,     cisco_hdlc,       nflog,      enc,
    ipnet,    juniper_ethernet, switch_tag, switch_tag_before,
};
static_assert(std::size(kByLink) == static_cast<std::size_t>(LinkType::count));

/// Calls it directly: a call through a pointer is a call to anywhere.
[[gnu::noinline]] inline Step other_link(Context& ctx, Cursor& at, LinkType link) {
    const auto number = static_cast<std::size_t>(link);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        Step next;
        const bool known = ((number == I && (next = kByLink[I](ctx, at), true)) || ...);
        return known ? next : no_link(ctx, at);
    }
    (std::make_index_sequence<std::size(kByLink)>{});
}

} // namespace lacuna::wire
