// IP Encapsulating Security Payload (RFC 4303 2).
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// SPIs up to 255 are reserved (2.1): where nothing but a port tells of ESP, they tell that it is
/// none.
inline constexpr std::uint32_t kLastReservedSpi = 255;

/// SPI and sequence number; all behind them is ciphertext.
inline Step esp(Context& ctx, Cursor& at) {
    if (at.size() < 8) return ctx.malformed();
    const std::uint8_t* p = at.data();
    const IdentityWords id = ip_identity(ctx.ip, Protocol::esp, load_be32(p));
    ctx.observe(Protocol::esp, id, load_be32(p + 4));
    return Step::done();
}

} // namespace lacuna::wire
