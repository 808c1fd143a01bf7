// RTP (RFC 3550 5.1): its header proves nothing, so on a port not named for it a stream must show
// that it counts.
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// What must be right of one packet: version 2, a payload type that is none of RTCP (RFC 5761 4),
/// and room for the sources and the extension it claims to have.
inline bool is_rtp(const Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 12 || p[0] >> 6 != 2) return false;
    const unsigned type = p[1] & 0x7Fu;
    if (type >= 64 && type <= 95) return false;
    std::size_t header = 12 + (p[0] & 0x0Fu) * std::size_t{4};
    if ((p[0] & 0x10) != 0) {
        if (at.size() < header + 4) return false;
        header += 4 + std::size_t{load_be16(p + header + 2)} * 4;
    }
    return at.declared() >= header;
}

/// `rtp-<ssrc>-<src>-<dst>`.
inline IdentityWords rtp_identity(const Context& ctx, const std::uint8_t* p) {
    return ends_identity(ctx.ip, Protocol::rtp, load_be32(p + 8));
}

/// A port that was named for RTP: believed at once.
[[gnu::noinline]] inline Step rtp(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() >= 2 && p[0] >> 6 == 2 && p[1] >= 192 && p[1] <= 223)
        return ctx.other(Role::rtcp);
    if (!ctx.wants(Protocol::rtp) || !is_rtp(at)) return ctx.other(Role::rtp);
    ctx.observe(Protocol::rtp, rtp_identity(ctx, p), load_be16(p + 2));
    return Step::done();
}

} // namespace lacuna::wire
