// The outermost header, by link type.
#pragma once

#include "wire/layer/link/llc.hpp"

namespace lacuna::wire {

/// Ethernet (IEEE 802.3): destination, source, EtherType or length.
inline Step ethernet(Context& ctx, Cursor& at) {
    if (at.size() < 14) return ctx.other(Role::runt);
    ctx.to_mac = at.data();
    ctx.mac = at.data() + 6;
    const std::uint16_t type = load_be16(at.data() + 12);
    at.skip(14);
    return Step::ethertype(type);
}

/// Raw IP: nothing but the version nibble tells the family.
inline Step raw_ip(Context& ctx, Cursor& at) {
    if (at.size() == 0) return ctx.other(Role::runt);
    return Step::ethertype(at.data()[0] >> 4 == 6 ? 0x86DD : 0x0800);
}

/// What follows a Linux cooked header, by its protocol and ARPHRD_ fields.
inline Step cooked_payload(Context& ctx, Cursor& at, std::uint16_t arphrd, std::uint16_t protocol) {
    constexpr std::uint16_t kArphrdFrad = 770, kArphrdRadiotap = 803, kArphrdNetlink = 824;
    // Here the protocol field is unused or no EtherType.
    if (arphrd == kArphrdFrad || arphrd == kArphrdRadiotap || arphrd == kArphrdNetlink)
        return ctx.other(Role::unsupported_link);
    constexpr std::uint16_t kLlcFollows = 0x0004;
    if (protocol == kLlcFollows) return llc(ctx, at);
    // Small values are the kernel's own, not 802.3 lengths.
    if (protocol <= kMaxLength) return ctx.other_ethertype(protocol);
    return Step::ethertype(protocol);
}

/// LINKTYPE_LINUX_SLL: packet type, ARPHRD_, address length, address (8), protocol.
inline Step cooked_v1(Context& ctx, Cursor& at) {
    if (at.size() < 16) return ctx.other(Role::runt);
    const std::uint8_t* p = at.data();
    if (load_be16(p + 4) == 6) ctx.mac = p + 6;
    at.skip(16);
    return cooked_payload(ctx, at, load_be16(p + 2), load_be16(p + 14));
}

/// LINKTYPE_LINUX_SLL2: protocol, reserved, interface (4), ARPHRD_, packet type (1), address
/// length (1), address (8).
inline Step cooked_v2(Context& ctx, Cursor& at) {
    if (at.size() < 20) return ctx.other(Role::runt);
    const std::uint8_t* p = at.data();
    if (p[11] == 6) ctx.mac = p + 12;
    at.skip(20);
    return cooked_payload(ctx, at, load_be16(p + 8), load_be16(p));
}

} // namespace lacuna::wire
