// MPLS label stack (RFC 3032).
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

/// Walks to the bottom of the stack. No field names what follows; as routers do, the first nibble
/// is taken for the IP version (RFC 4928 2).
inline Step mpls(Context& ctx, Cursor& at) {
    bool bottom = false;
    while (!bottom) {
        if (at.size() < 4) return ctx.other(Role::truncated);
        bottom = (at.data()[2] & 1) != 0;
        at.skip(4);
    }
    if (at.size() == 0) return ctx.other(Role::truncated);
    switch (at.data()[0] >> 4) {
    case 4:
        return Step::ethertype(0x0800);
    case 6:
        return Step::ethertype(0x86DD);
    default:
        return ctx.other(Role::mpls);
    }
}

} // namespace lacuna::wire
