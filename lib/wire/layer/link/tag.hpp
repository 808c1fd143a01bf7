// Tags that stand before an EtherType and identify nothing: what follows is read as without them.
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

/// `length` octets, then the next EtherType.
inline Step tag(Context& ctx, Cursor& at, std::size_t length, std::uint16_t type) {
    if (at.size() < length + 2) return ctx.other_ethertype(type);
    const std::uint16_t next = load_be16(at.data() + length);
    at.skip(length + 2);
    return Step::ethertype(next);
}

/// Both ends and the VLAN, or the source alone; `number` tells more of them apart.
inline IdentityWords mac_identity(const Context& ctx, Protocol protocol, std::uint32_t number,
                                  bool both) {
    IdentityWords id;
    id.head = key_head(number, protocol, 0, Family::mac, true);
    std::uint8_t octets[16] = {};
    if (both) {
        std::memcpy(octets, ctx.to_mac, 6);
        store_be(octets + 6, static_cast<std::uint16_t>(ctx.vlan & kVlanMask));
    }
    std::memcpy(octets + 8, ctx.mac, 6);
    std::memcpy(id.addr, octets, sizeof octets);
    return id;
}

/// R-TAG (IEEE 802.1CB 7.8): reserved, sequence number. One for each stream.
inline Step r_tag(Context& ctx, Cursor& at) {
    if (ctx.wants(Protocol::r_tag)) {
        if (at.size() < 4) return ctx.malformed();
        if (!ctx.observe(Protocol::r_tag, mac_identity(ctx, Protocol::r_tag, 0, true),
                         load_be16(at.data() + 2)))
            return Step::done();
    }
    return tag(ctx, at, 4, 0xF1C1);
}
/// HSR tag (IEC 62439-3 5.7): path and LSDU size, sequence number. One for each node, which sends a
/// copy each way round: the path tells them apart. The trailer of PRP needs no layer: what lies
/// before it brings its own lengths.
inline Step hsr(Context& ctx, Cursor& at) {
    if (ctx.wants(Protocol::hsr)) {
        if (at.size() < 4) return ctx.malformed();
        const std::uint32_t path = at.data()[0] >> 4;
        if (!ctx.observe(Protocol::hsr, mac_identity(ctx, Protocol::hsr, path, false),
                         load_be16(at.data() + 2)))
            return Step::done();
    }
    return tag(ctx, at, 4, 0x892F);
}
/// VN-tag: direction, interfaces.
inline Step vn_tag(Context& ctx, Cursor& at) {
    return tag(ctx, at, 4, 0x8926);
}
/// E-tag (IEEE 802.1BR 7.4).
inline Step e_tag(Context& ctx, Cursor& at) {
    return tag(ctx, at, 6, 0x893F);
}
/// Cisco CMD: version, length in units of 4 octets, options.
inline Step cisco_cmd(Context& ctx, Cursor& at) {
    if (at.size() < 2) return ctx.other_ethertype(0x8909);
    return tag(ctx, at, 2 + std::size_t{at.data()[1]} * 4, 0x8909);
}

/// The tag of a Marvell switch behind an EtherType of its own: reserved (2), tag (4).
inline Step edsa(Context& ctx, Cursor& at) {
    return tag(ctx, at, 6, 0xDADA);
}

} // namespace lacuna::wire
