// PPP (RFC 1661), PPPoE (RFC 2516), L2TP (RFC 2661, RFC 3931).
#pragma once

#include "wire/layer/inner.hpp"
#include "wire/layer/ip.hpp"

namespace lacuna::wire {

/// Address and control may be left out, and the first octet of the protocol too (RFC
/// 1661 6.5, 6.6).
inline Step ppp(Context& ctx, Cursor& at) {
    if (at.size() >= 2 && load_be16(at.data()) == 0xFF03) at.skip(2);
    if (at.size() < 2) return ctx.other(Role::ppp);
    const bool brief = (at.data()[0] & 1) != 0;
    const unsigned protocol = brief ? at.data()[0] : load_be16(at.data());
    at.skip(brief ? 1 : 2);
    switch (protocol) {
    case 0x0021:
        return Step::ethertype(0x0800);
    case 0x0057:
        return Step::ethertype(0x86DD);
    case 0x0281:
        return Step::ethertype(0x8847);
    case 0x0283:
        return Step::ethertype(0x8848);
    default:
        return ctx.other(Role::ppp);
    }
}

inline Step inner_ppp(Context& ctx, Cursor& at, Encapsulation e) {
    return ctx.enter(e) ? ppp(ctx, at) : ctx.too_deep();
}

/// PPPoE session (RFC 2516 4): version and type 1, code 0, session, length.
[[gnu::noinline]] inline Step pppoe(Context& ctx, Cursor& at) {
    const std::uint8_t* p = at.data();
    if (at.size() < 8 || p[0] != 0x11 || p[1] != 0) return ctx.other_ethertype(0x8864);
    at.skip(6);
    at.bound(load_be16(p + 4));
    return inner_ppp(ctx, at, Encapsulation::pppoe);
}

/// The payload of an L2TPv3 session. Nothing on the wire tells how long the cookie is and whether a
/// sublayer follows (RFC 3931 4.1): the first place where a readable frame begins is taken.
/// With the S bit of the default sublayer (4.6) its four octets end with a number of 24 bits.
inline bool find_l2tpv3_frame(Context& ctx, Cursor& at, std::uint32_t session) {
    constexpr std::uint8_t kSequence = 0x40;
    for (const std::size_t ahead : {0, 4, 8, 12}) {
        if (!looks_ethernet(at, ahead)) continue;
        const std::uint8_t* sublayer = at.data() + ahead - 4;
        if (ahead != 0 && sublayer[0] == kSequence && ctx.wants(Protocol::l2tpv3))
            ctx.observe(Protocol::l2tpv3, ip_identity(ctx.ip, Protocol::l2tpv3, session),
                        load_be32(sublayer) & 0xFFFFFF);
        at.skip(ahead);
        return true;
    }
    // Nothing readable: a sublayer without a cookie still has its number.
    if (at.size() >= 4 && at.data()[0] == kSequence && ctx.wants(Protocol::l2tpv3))
        ctx.observe(Protocol::l2tpv3, ip_identity(ctx.ip, Protocol::l2tpv3, session),
                    load_be32(at.data()) & 0xFFFFFF);
    return false;
}

/// L2TPv3 straight over IP (RFC 3931 4.1.1): a session, or zero in control messages.
[[gnu::noinline]] inline Step l2tpv3(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kProtocol = 115;
    if (at.size() < 4 || load_be32(at.data()) == 0) return ctx.other_protocol(kProtocol);
    const std::uint32_t session = load_be32(at.data());
    at.skip(4);
    return find_l2tpv3_frame(ctx, at, session) ? inner_ethernet(ctx, at, Encapsulation::l2tpv3)
                                               : ctx.other_protocol(kProtocol);
}

/// L2TP over UDP: version 2 carries PPP behind optional fields (RFC 2661 3.1), version 3 a session
/// (RFC 3931 4.1.2). Control messages are named only.
[[gnu::noinline]] inline Step l2tp(Context& ctx, Cursor& at) {
    if (at.size() < 8) return ctx.other(Role::l2tp);
    const std::uint8_t* p = at.data();
    const unsigned flags = load_be16(p);
    constexpr unsigned kControl = 0x8000, kLength = 0x4000, kSequence = 0x0800, kOffset = 0x0200;
    if ((flags & kControl) != 0) return ctx.other(Role::l2tp);
    if ((flags & 0x000F) == 3) {
        at.skip(8);
        return find_l2tpv3_frame(ctx, at, load_be32(p + 4))
                   ? inner_ethernet(ctx, at, Encapsulation::l2tpv3)
                   : ctx.other(Role::l2tp);
    }
    if ((flags & 0x000F) != 2) return ctx.other(Role::l2tp);
    std::size_t header = 6;
    if ((flags & kLength) != 0) header += 2;
    if ((flags & kSequence) != 0) header += 4;
    if ((flags & kOffset) != 0) {
        if (at.size() < header + 2) return ctx.other(Role::l2tp);
        header += 2 + std::size_t{load_be16(p + header)};
    }
    if (at.size() < header) return ctx.other(Role::l2tp);
    at.skip(header);
    return inner_ppp(ctx, at, Encapsulation::l2tp);
}

} // namespace lacuna::wire
