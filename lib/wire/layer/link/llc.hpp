// IEEE 802.2 LLC with the SNAP extension (IEEE 802, clause 9).
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

/// Largest value of the type field that is a length (IEEE 802.3 3.2.6).
inline constexpr std::uint16_t kMaxLength = 1500;

/// AA AA 03, an OUI and a protocol id that is an EtherType where the OUI is 00-00-00 (RFC 1042) or
/// 00-00-F8 (bridge tunnel). The 802.3 length is no bound: the headers inside bring their own.
inline Step llc(Context& ctx, Cursor& at) {
    if (at.size() < 3) return ctx.other(Role::runt);
    const std::uint8_t* p = at.data();
    if (p[0] != 0xAA || p[1] != 0xAA || p[2] != 0x03) return ctx.other(Role::llc);
    if (at.size() < 8) return ctx.other(Role::runt);
    const std::uint32_t oui = load_be32(p + 2) & 0xFFFFFF;
    const std::uint16_t type = load_be16(p + 6);
    if ((oui != 0x000000 && oui != 0x0000F8) || type <= kMaxLength) return ctx.other(Role::llc);
    at.skip(8);
    return Step::ethertype(type);
}

} // namespace lacuna::wire
