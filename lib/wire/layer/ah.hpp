// IP Authentication Header (RFC 4302 2).
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// Next header, length in 32-bit words less 2, reserved (2), SPI, sequence number, ICV. What it
/// protects is readable and walked on; a length that cannot be ends the walk, not the observation.
inline Step ah(Context& ctx, Cursor& at) {
    if (at.size() < 12) return ctx.malformed();
    const std::uint8_t* p = at.data();
    const IdentityWords id = ip_identity(ctx.ip, Protocol::ah, load_be32(p + 4));
    if (!ctx.observe(Protocol::ah, id, load_be32(p + 8))) return Step::done();
    const std::size_t length = (p[1] + std::size_t{2}) * 4;
    if (length < 12 || length > at.size()) return Step::done();
    at.skip(length);
    return Step::ip_protocol(p[0]);
}

} // namespace lacuna::wire
