// What UDP ports stand for.
#pragma once

#include "wire/frame_counts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace lacuna::wire {

/// What a datagram on a port may be.
enum class UdpUse : std::uint8_t {
    unknown,
    // Looked into.
    natt,       ///< port 4500 (RFC 3948): ESP, IKE and keepalives
    natt_other, ///< ESP in UDP on another port, where the header can be nothing else
    vxlan,
    vxlan_gpe,
    geneve,
    gtp_u,
    l2tp,
    tzsp,
    mpls, ///< MPLS in UDP (RFC 7510)
    nebula,
    openvpn,
    roce,
    netflow,
    sflow,
    rtp,      ///< a port named for it
    declared, ///< a counter that was declared
    ike,      ///< port 500: named, not looked into
    count
};

/// A service that is named, not looked into.
constexpr UdpUse service(Role role) {
    return static_cast<UdpUse>(static_cast<unsigned>(UdpUse::count) + static_cast<unsigned>(role));
}
static_assert(static_cast<std::size_t>(UdpUse::count) + kRoles <= 256, "an octet holds it");

struct UdpPort {
    std::uint16_t port;
    UdpUse use;
};

/// The ports looked at without being told.
inline constexpr UdpPort kUdpPorts[] = {
    {4500, UdpUse::natt},        {4501, UdpUse::natt_other},  {10000, UdpUse::natt_other},
    {12346, UdpUse::natt_other}, {4789, UdpUse::vxlan},       {8472, UdpUse::vxlan},
    {4790, UdpUse::vxlan_gpe},   {6081, UdpUse::geneve},      {2152, UdpUse::gtp_u},
    {1701, UdpUse::l2tp},        {37008, UdpUse::tzsp},       {500, UdpUse::ike},
    {443, service(Role::quic)},  {53, service(Role::dns)},    {67, service(Role::dhcp)},
    {68, service(Role::dhcp)},   {123, service(Role::ntp)},   {161, service(Role::snmp)},
    {162, service(Role::snmp)},  {5353, service(Role::mdns)}, {1900, service(Role::ssdp)},
    {3478, service(Role::stun)}, {5060, service(Role::sip)},  {4242, UdpUse::nebula},
    {1194, UdpUse::openvpn},     {4791, UdpUse::roce},        {2055, UdpUse::netflow},
    {9995, UdpUse::netflow},     {9996, UdpUse::netflow},     {4739, UdpUse::netflow},
    {6343, UdpUse::sflow},       {6635, UdpUse::mpls},
};

/// Whether a datagram of this use is that of a service whose port is well known, and which.
constexpr bool is_service(UdpUse use) {
    return use >= UdpUse::count;
}
constexpr Role role_of(UdpUse use) {
    return static_cast<Role>(static_cast<unsigned>(use) - static_cast<unsigned>(UdpUse::count));
}

/// All ports: one octet each, so that a datagram costs two loads.
class UdpPorts {
public:
    constexpr UdpPorts() {
        for (const UdpPort& p : kUdpPorts)
            set(p.port, p.use);
    }
    constexpr UdpUse operator[](std::uint16_t port) const { return use_[port]; }
    constexpr void set(std::uint16_t port, UdpUse use) { use_[port] = use; }
    /// Forgets every port of this use.
    constexpr void clear(UdpUse use) {
        for (UdpUse& u : use_)
            if (u == use) u = UdpUse::unknown;
    }

private:
    std::array<UdpUse, 65536> use_{};
};

extern const UdpPorts kUsualPorts;

/// An encapsulation that ports can be named for: "vxlan", "vxlan-gpe", "geneve", "gtp-u", "l2tp",
/// "tzsp", "mpls", "nebula", "openvpn", "roce", "netflow", "sflow".
std::optional<UdpUse> find_tunnel(std::string_view name);
/// Its name; empty: none of them.
std::string_view tunnel_name(UdpUse use);

} // namespace lacuna::wire
