// GRE (RFC 2784, RFC 2890) and what it carries: IP, Ethernet (gretap, NVGRE: RFC 7637), ERSPAN
// mirrors, and PPP of PPTP (RFC 2637).
#pragma once

#include "wire/layer/ip.hpp"
#include "wire/layer/ppp.hpp"

namespace lacuna::wire {

inline constexpr std::uint8_t kProtocolGre = 47;

// The first two octets.
inline constexpr unsigned kGreChecksum = 0x8000;
inline constexpr unsigned kGreRouting = 0x4000; // RFC 1701, long out of use
inline constexpr unsigned kGreKey = 0x2000;
inline constexpr unsigned kGreSequence = 0x1000;
inline constexpr unsigned kGreAcknowledge = 0x0080; // PPTP only
inline constexpr unsigned kGreVersion = 0x0007;

/// `gre-<key or none>-<src>-<dst>`: each direction of a tunnel counts for itself.
inline IdentityWords gre_identity(const IpHeader& ip, bool keyed, std::uint32_t key) {
    IdentityWords id = ends_identity(ip, Protocol::gre, key);
    id.an = key_head(0, Protocol{}, keyed ? 0 : 1, Family::none, false);
    return id;
}

/// ERSPAN: type I has no header, type II one of 8 octets, type III one of 12 and, with the O bit,
/// a subheader of 8. A mirrored Ethernet frame follows, or, as type III may say, an IP packet.
inline Step erspan(Context& ctx, Cursor& at, bool numbered, bool third) {
    constexpr unsigned kIpPacket = 2;
    std::size_t header = numbered ? 8 : 0;
    unsigned type = 0;
    if (third) {
        if (at.size() < 12) return ctx.other_protocol(kProtocolGre);
        type = at.data()[10] >> 2 & 0x1Fu;
        header = (at.data()[11] & 1) != 0 ? 20 : 12;
    }
    if (at.size() < header) return ctx.other_protocol(kProtocolGre);
    at.skip(header);
    if (type == kIpPacket) {
        if (!ctx.enter(Encapsulation::erspan)) return ctx.too_deep();
        return Step::ethertype(at.size() != 0 && at.data()[0] >> 4 == 6 ? 0x86DD : 0x0800);
    }
    return inner_ethernet(ctx, at, Encapsulation::erspan);
}

/// Flags and version, protocol, then the optional fields in this order: checksum (with 2 octets
/// reserved), key, sequence number.
[[gnu::noinline]] inline Step gre(Context& ctx, Cursor& at) {
    if (at.size() < 4) return ctx.other_protocol(kProtocolGre);
    const std::uint8_t* p = at.data();
    const unsigned flags = load_be16(p);
    const std::uint16_t type = load_be16(p + 2);
    const bool pptp = (flags & kGreVersion) == 1;
    if ((flags & kGreVersion) > 1 || (flags & kGreRouting) != 0)
        return ctx.other_protocol(kProtocolGre);

    std::size_t header = 4;
    if ((flags & kGreChecksum) != 0) header += 4;
    const std::size_t key_at = header;
    const bool keyed = (flags & kGreKey) != 0;
    if (keyed) header += 4;
    const std::size_t number_at = header;
    const bool numbered = (flags & kGreSequence) != 0;
    if (numbered) header += 4;
    if (pptp && (flags & kGreAcknowledge) != 0) header += 4;
    const bool wanted = ctx.wants(Protocol::gre) && numbered && !pptp;
    if (at.size() < header) return wanted ? ctx.malformed() : ctx.other_protocol(kProtocolGre);
    if (wanted) {
        const IdentityWords id = gre_identity(ctx.ip, keyed, keyed ? load_be32(p + key_at) : 0);
        if (!ctx.observe(Protocol::gre, id, load_be32(p + number_at))) return Step::done();
    }

    // A keepalive, or nothing that lacuna can name.
    if (type <= kMaxLength) return ctx.other_protocol(kProtocolGre);
    at.skip(header);
    if (pptp) {
        if (type != 0x880B || at.size() == 0) return ctx.other_protocol(kProtocolGre);
        return inner_ppp(ctx, at, Encapsulation::pptp);
    }
    switch (type) {
    case 0x6558:
        return inner_ethernet(ctx, at, keyed ? Encapsulation::nvgre : Encapsulation::gretap);
    case 0x88BE:
        return erspan(ctx, at, numbered, false);
    case 0x22EB:
        return erspan(ctx, at, numbered, true);
    default:
        return ctx.enter(Encapsulation::gre) ? Step::ethertype(type) : ctx.too_deep();
    }
}

} // namespace lacuna::wire
