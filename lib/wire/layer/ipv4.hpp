// IPv4 (RFC 791).
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

inline Step ipv4(Context& ctx, Cursor& at) {
    if (at.size() == 0) return ctx.other(Role::truncated);
    const std::uint8_t* p = at.data();
    if (p[0] >> 4 != 4) return ctx.other(Role::ipv4_bad_header);
    if (++ctx.ip_headers > kMaxIpHeaders) return ctx.other(Role::ip_nesting);

    // Where the header is broken but still names ESP or AH, a secured packet cannot be identified.
    const bool secured = at.size() >= 10 && names_secured(p[9]);
    const auto broken = [&](Role role) { return secured ? ctx.malformed() : ctx.other(role); };

    const std::size_t header = (p[0] & 0x0Fu) * 4;
    if (header < 20) return broken(Role::ipv4_bad_header);
    if (at.size() < 20) return broken(Role::truncated);
    if (header > at.size()) return broken(Role::ipv4_bad_header);
    const std::size_t total = load_be16(p + 2);
    if (total == 0) {
        at.unbounded();
    } else {
        if (total < header) return broken(Role::ipv4_bad_header);
        at.bound(total);
    }
    if ((load_be16(p + 6) & 0x1FFF) != 0) return ctx.other(Role::ip_fragment);

    ctx.ip = {p + 12, p + 16, Family::ipv4};
    at.skip(header);
    return Step::ip_protocol(p[9]);
}

} // namespace lacuna::wire
