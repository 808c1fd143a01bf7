// EAPOL (IEEE 802.1X-2020 11.3) and MKA, which says who may send under which MACsec key.
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

/// Version, packet type, length. Type 5 is MKA (11.11).
inline Step eapol(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kMka = 5;
    if (at.size() >= 2 && at.data()[1] == kMka) return ctx.mka(at);
    return ctx.other_ethertype(0x888E);
}

/// The EtherType some switches send MKA under, so that others forward it.
inline Step alternate_mka(Context& ctx, Cursor& at) {
    return ctx.mka(at);
}

} // namespace lacuna::wire
