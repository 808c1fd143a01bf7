// What encapsulations have in common: a whole frame or packet inside.
#pragma once

#include "wire/layer/link/link.hpp"

namespace lacuna::wire {

/// An Ethernet frame inside `e`.
inline Step inner_ethernet(Context& ctx, Cursor& at, Encapsulation e) {
    return ctx.enter(e) ? ethernet(ctx, at) : ctx.too_deep();
}

/// An IP packet inside `e`, its family told by the version nibble; `otherwise` if it is none.
inline Step inner_ip(Context& ctx, Cursor& at, Encapsulation e, Role otherwise) {
    if (at.size() == 0) return ctx.other(otherwise);
    const unsigned version = at.data()[0] >> 4;
    if (version != 4 && version != 6) return ctx.other(otherwise);
    if (!ctx.enter(e)) return ctx.too_deep();
    return Step::ethertype(version == 6 ? 0x86DD : 0x0800);
}

/// Whether what follows looks like an Ethernet frame lacuna can read: where no field says that it
/// is one, its EtherType and the first octet behind must fit together.
inline bool looks_ethernet(const Cursor& at, std::size_t from = 0) {
    if (at.size() < from + 15) return false;
    const std::uint8_t* p = at.data() + from;
    const std::uint8_t next = p[14];
    switch (load_be16(p + 12)) {
    case 0x0800:
        return next >> 4 == 4 && (next & 0x0F) >= 5;
    case 0x86DD:
        return next >> 4 == 6;
    case 0x88E5:
        return next >> 7 == 0;
    case 0x8100:
    case 0x88A8:
    case 0x9100:
    case 0x8847:
    case 0x8848:
    case 0x8864:
    case 0x88E7:
    case 0x8909:
    case 0x8926:
    case 0x892F:
    case 0x893F:
    case 0xF1C1:
    case 0x0806:
    case 0x888E:
    case 0x88CC:
        return true;
    default:
        return false;
    }
}

/// Whether an IP header whose length is that of what is there begins here; less only where a short
/// Ethernet frame was padded.
inline bool looks_ip(const Cursor& at) {
    constexpr std::size_t kLeastFrame = 46; // octets behind an Ethernet header
    if (at.size() < 20) return false;
    const std::uint8_t* p = at.data();
    std::size_t total = load_be16(p + 2);
    if (p[0] >> 4 == 6)
        total = 40 + std::size_t{load_be16(p + 4)};
    else if (p[0] >> 4 != 4 || (p[0] & 0x0F) < 5 || total < 20)
        return false;
    return total == at.declared() || (total < at.declared() && at.declared() <= kLeastFrame);
}

} // namespace lacuna::wire
