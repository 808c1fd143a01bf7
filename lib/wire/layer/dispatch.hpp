// Which layer comes next. A new protocol is a file beside this one and a row here.
#pragma once

#include "wire/layer/ah.hpp"
#include "wire/layer/declared.hpp"
#include "wire/layer/esp.hpp"
#include "wire/layer/gre.hpp"
#include "wire/layer/ipv4.hpp"
#include "wire/layer/ipv6.hpp"
#include "wire/layer/link/eapol.hpp"
#include "wire/layer/link/link.hpp"
#include "wire/layer/link/llc.hpp"
#include "wire/layer/link/other_link.hpp"
#include "wire/layer/link/tag.hpp"
#include "wire/layer/link/vlan.hpp"
#include "wire/layer/mpls.hpp"
#include "wire/layer/overlay.hpp"
#include "wire/layer/ppp.hpp"
#include "wire/layer/sectag.hpp"
#include "wire/layer/tcp.hpp"
#include "wire/layer/udp.hpp"

#include <utility>

namespace lacuna::wire {

/// A number in an outer header, the layer it names, and what it leads to. Without a name it leads
/// to all kinds of things: a live port cannot be told to take it.
struct LayerRow {
    std::uint16_t number;
    Step (*layer)(Context&, Cursor&);
    const char* name = "";
};

/// By EtherType, the most frequent first.
inline constexpr LayerRow kByEthertype[] = {
    {0x0800, ipv4},
    {0x86DD, ipv6},
    {row_of(Protocol::macsec).ways[0].number, sectag, "macsec"},
    {0x8100, vlan},
    {0x88A8, vlan},
    {0x9100, vlan},
    {0x8847, mpls, "mpls"},
    {0x8848, mpls, "mpls"},
    {0x8864, pppoe, "pppoe"},
    {0x88E7, pbb, "pbb"},
    {row_of(Protocol::r_tag).ways[0].number, r_tag, "r-tag"},
    {row_of(Protocol::hsr).ways[0].number, hsr, "hsr"},
    {0x8926, vn_tag, "vn-tag"},
    {0x893F, e_tag, "e-tag"},
    {0x8909, cisco_cmd, "cisco-cmd"},
    {0x888E, eapol, "mka"},
    {0x876F, alternate_mka, "mka"},
    {0xDADA, edsa},
};

/// By IP protocol.
inline constexpr LayerRow kByIpProtocol[] = {
    {row_of(Protocol::esp).ways[0].number, esp, "esp"},
    {row_of(Protocol::ah).ways[0].number, ah, "ah"},
    {kProtocolUdp, udp},
    {kProtocolTcp, tcp},
    {4, ipv4, "ip-in-ip"},
    {41, ipv6, "ip-in-ip"},
    {row_of(Protocol::gre).ways[0].number, gre, "gre"},
    {row_of(Protocol::l2tpv3).ways[0].number, l2tpv3, "l2tpv3"},
    {97, etherip, "etherip"},
    {137, inner_mpls, "mpls"},
};

/// Calls the layer that `Rows` names for `number`, directly; false if there is none.
template <const auto& Rows>
inline bool by_row(Context& ctx, Cursor& at, std::uint16_t number, Step& next) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((number == Rows[I].number && (next = Rows[I].layer(ctx, at), true)) || ...);
    }
    (std::make_index_sequence<std::size(Rows)>{});
}

inline Step by_link(Context& ctx, Cursor& at, LinkType link) {
    if (link == LinkType::ethernet) [[likely]]
        return ethernet(ctx, at);
    return other_link(ctx, at, link);
}

inline Step by_ethertype(Context& ctx, Cursor& at, std::uint16_t type) {
    if (type <= kMaxLength) return llc(ctx, at);
    Step next;
    if (by_row<kByEthertype>(ctx, at, type, next)) return next;
    if (ctx.declared().count != 0) [[unlikely]]
        return declared_ethertype(ctx, at, type);
    return ctx.other_ethertype(type);
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
    Step next;
    if (by_row<kByIpProtocol>(ctx, at, protocol, next)) return next;
    if (ctx.ip.family == Family::ipv6) return by_ipv6_extension(ctx, at, protocol);
    return ctx.other_protocol(protocol);
}

} // namespace lacuna::wire
