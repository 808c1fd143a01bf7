// IPv6 and its extension headers (RFC 8200).
#pragma once

#include "wire/layer/ip.hpp"

namespace lacuna::wire {

inline constexpr std::uint8_t kNextHopByHop = 0;
inline constexpr std::uint8_t kNextRouting = 43;
inline constexpr std::uint8_t kNextFragment = 44;
inline constexpr std::uint8_t kNextNone = 59;
inline constexpr std::uint8_t kNextDestination = 60;
inline constexpr std::uint8_t kNextMobility = 135; // RFC 6275 6.1
inline constexpr std::uint8_t kNextHip = 139;      // RFC 7401 5.1
inline constexpr std::uint8_t kNextShim6 = 140;    // RFC 5533 5.1

inline Step ipv6(Context& ctx, Cursor& at) {
    if (at.size() == 0) return ctx.other(Role::truncated);
    const std::uint8_t* p = at.data();
    if (p[0] >> 4 != 6) return ctx.other(Role::ipv6_bad_header);
    if (++ctx.ip_headers > kMaxIpHeaders) return ctx.other(Role::ip_nesting);
    if (at.size() < 40) {
        const bool secured = at.size() >= 7 && names_secured(p[6]);
        return secured ? ctx.malformed() : ctx.other(Role::truncated);
    }
    ctx.ip = {p + 8, p + 24, Family::ipv6};
    ctx.last_extension = 0;
    at.skip(40);
    const std::size_t payload = load_be16(p + 4);
    if (payload == 0) {
        at.unbounded(); // a jumbogram (RFC 2675) or segmentation offload
    } else {
        at.bound(payload);
    }
    return Step::ip_protocol(p[6]);
}

/// An extension header that does not lie wholly within the packet. Its first octet may still name
/// ESP or AH: then a secured packet cannot be identified.
inline Step cut_extension(Context& ctx, const Cursor& at) {
    if (at.size() != 0 && names_secured(at.data()[0])) return ctx.malformed();
    return ctx.other(at.cut() ? Role::truncated : Role::ipv6_bad_header);
}

/// Hop-by-hop, routing, destination options, mobility, HIP, Shim6: next header, length in units of
/// 8 octets beyond the first 8.
inline Step ipv6_extension(Context& ctx, Cursor& at, std::uint8_t type) {
    if (at.size() < 2) return cut_extension(ctx, at);
    const std::uint8_t* p = at.data();
    const std::size_t length = (p[1] + std::size_t{1}) * 8;
    if (length > at.size()) return cut_extension(ctx, at);
    ctx.last_extension = type;
    at.skip(length);
    return Step::ip_protocol(p[0]);
}

/// Fragment header (RFC 8200 4.5): only the first fragment carries what comes next.
inline Step ipv6_fragment(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() >= 4 && (load_be16(p + 2) & 0xFFF8) != 0) return ctx.other(Role::ip_fragment);
    if (at.size() < 8) return cut_extension(ctx, at);
    ctx.last_extension = kNextFragment;
    at.skip(8);
    return Step::ip_protocol(p[0]);
}

/// No next header (59). Mobility, HIP and Shim6 messages end so; they are named by what they are.
inline Step ipv6_none(Context& ctx) {
    switch (ctx.last_extension) {
    case kNextMobility:
    case kNextHip:
    case kNextShim6:
        return ctx.other_protocol(ctx.last_extension);
    default:
        return ctx.other_protocol(kNextNone);
    }
}

} // namespace lacuna::wire
