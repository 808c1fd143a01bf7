// Who a flow is: addresses, keys and tags, computed from its index alone, so that nothing but the
// index need be kept.
#pragma once

#include "pcapgen/prng.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace lacuna::pcapgen {

struct FrameKind;

using Mac = std::array<std::uint8_t, 6>;
using Address = std::array<std::uint8_t, 16>; ///< IPv4 in the first four octets

/// What decides the plan of a flow besides its index; constant over a run.
struct PlanRules {
    std::uint64_t seed = 1;
    Chance ipv6 = 0;                    ///< share of IP flows
    Chance natt = 0;                    ///< share of ESP SAs inside UDP 4500
    Chance ah = 0;                      ///< share of IPsec SAs
    Chance implicit_sci = 0;            ///< share of secure channels without SCI in the SecTAG
    Chance tagged = 0;                  ///< share of flows with VLAN tags
    unsigned tags = 0;                  ///< 0-2 where tagged
    std::array<std::uint16_t, 2> vid{}; ///< outer first; 0: chosen per flow
    std::uint32_t counters = 0;         ///< of kCounters' kinds those asked for, a bit each
    unsigned ans = 1;                   ///< SAs per MACsec channel: 1, or 4 where ANs rotate
};

struct FlowPlan {
    const FrameKind* kind = nullptr;
    Mac source_mac{};
    Mac destination_mac{};
    unsigned tags = 0;
    std::array<std::uint16_t, 2> vid{};
    Address source{};
    Address destination{};
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t spi = 0;
    std::uint64_t sci = 0;
    std::uint8_t an = 0;
};

/// True for a share `p` of consecutive indices, spread evenly and exactly: of the first n, floor(n
/// p). index < 2^31.
constexpr bool in_share(std::uint64_t index, Chance p) {
    return ((index + 1) * p) >> 32 != (index * p) >> 32;
}
/// How many indices below `index` are in the share.
constexpr std::uint64_t share_before(std::uint64_t index, Chance p) {
    return (index * p) >> 32;
}

/// MACs and VLAN ids of flow `index`; `salt` keeps families apart (0-3).
void plan_link(FlowPlan& plan, const PlanRules& rules, std::uint64_t index, unsigned salt);

/// IPv4 10.0.0.0/8 to 10.0.0.0/8, or IPv6 within 2001:db8::/32. Hosts are below 2^24.
Address ipv4_host(std::uint64_t host, const PlanRules& rules, unsigned salt);
Address ipv6_host(std::uint64_t host, const PlanRules& rules, unsigned salt);

/// Dotted quad, or RFC 5952.
std::string address_text(const Address& a, bool ipv6);

} // namespace lacuna::pcapgen
