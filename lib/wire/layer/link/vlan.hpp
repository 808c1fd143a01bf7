// One VLAN tag: IEEE 802.1Q, 802.1ad, and the older 0x9100.
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

/// Tag control information, then the next EtherType.
inline Step vlan(Context& ctx, Cursor& at) {
    if (at.size() < 4) return ctx.other(Role::runt);
    ctx.vlan = (load_be16(at.data()) & kVlanMask) | kTagged;
    const std::uint16_t type = load_be16(at.data() + 2);
    at.skip(4);
    return Step::ethertype(type);
}

} // namespace lacuna::wire
