// Which layer comes next. A new protocol is a file beside this one and a case here.
#pragma once

#include "wire/layer/ah.hpp"
#include "wire/layer/esp.hpp"
#include "wire/layer/ipv4.hpp"
#include "wire/layer/ipv6.hpp"
#include "wire/layer/link.hpp"
#include "wire/layer/llc.hpp"
#include "wire/layer/mpls.hpp"
#include "wire/layer/sectag.hpp"
#include "wire/layer/tcp.hpp"
#include "wire/layer/udp.hpp"
#include "wire/layer/vlan.hpp"

namespace lacuna::wire {

inline Step by_link(Context& ctx, Cursor& at, LinkType link) {
    switch (link) {
    case LinkType::ethernet:
        return ethernet(ctx, at);
    case LinkType::raw_ip:
        return raw_ip(ctx, at);
    case LinkType::linux_sll:
        return cooked_v1(ctx, at);
    case LinkType::linux_sll2:
        return cooked_v2(ctx, at);
    case LinkType::unsupported:
        break;
    }
    return ctx.other(Role::unsupported_link);
}

inline Step by_ethertype(Context& ctx, Cursor& at, std::uint16_t type) {
    if (type <= kMaxLength) return llc(ctx, at);
    switch (type) {
    case 0x0800:
        return ipv4(ctx, at);
    case 0x86DD:
        return ipv6(ctx, at);
    case 0x88E5:
        return sectag(ctx, at);
    case 0x8100:
    case 0x88A8:
    case 0x9100:
        return vlan(ctx, at);
    case 0x8847:
    case 0x8848:
        return mpls(ctx, at);
    default:
        return ctx.other_ethertype(type);
    }
}

inline Step by_ipv6_extension(Context& ctx, Cursor& at, std::uint8_t type) {
    switch (type) {
    case kNextHopByHop:
    case kNextRouting:
    case kNextDestination:
    case kNextMobility:
    case kNextHip:
    case kNextShim6:
        return ipv6_extension(ctx, at, type);
    case kNextFragment:
        return ipv6_fragment(ctx, at);
    case kNextNone:
        return ipv6_none(ctx);
    default:
        return ctx.other_protocol(type);
    }
}

inline Step by_ip_protocol(Context& ctx, Cursor& at, std::uint8_t protocol) {
    switch (protocol) {
    case kProtocolEsp:
        return esp(ctx, at);
    case kProtocolAh:
        return ah(ctx, at);
    case kProtocolUdp:
        return udp(ctx, at);
    case kProtocolTcp:
        return tcp(ctx, at);
    case 4:
        return ipv4(ctx, at);
    case 41:
        return ipv6(ctx, at);
    default:
        break;
    }
    if (ctx.ip.family == Family::ipv6) return by_ipv6_extension(ctx, at, protocol);
    return ctx.other_protocol(protocol);
}

} // namespace lacuna::wire
