// What UDP ports stand for.
#pragma once

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
    nebula,
    openvpn,
    roce,
    netflow,
    sflow,
    // Named, not looked into.
    ike,
    quic,
    dns,
    dhcp,
    ntp,
    snmp,
    mdns,
    ssdp,
    stun,
    sip,
    count
};

struct UdpPort {
    std::uint16_t port;
    UdpUse use;
};

/// The ports looked at without being told.
inline constexpr UdpPort kUdpPorts[] = {
    {4500, UdpUse::natt},        {4501, UdpUse::natt_other}, {10000, UdpUse::natt_other},
    {12346, UdpUse::natt_other}, {4789, UdpUse::vxlan},      {8472, UdpUse::vxlan},
    {4790, UdpUse::vxlan_gpe},   {6081, UdpUse::geneve},     {2152, UdpUse::gtp_u},
    {1701, UdpUse::l2tp},        {37008, UdpUse::tzsp},      {500, UdpUse::ike},
    {443, UdpUse::quic},         {53, UdpUse::dns},          {67, UdpUse::dhcp},
    {68, UdpUse::dhcp},          {123, UdpUse::ntp},         {161, UdpUse::snmp},
    {162, UdpUse::snmp},         {5353, UdpUse::mdns},       {1900, UdpUse::ssdp},
    {3478, UdpUse::stun},        {5060, UdpUse::sip},        {4242, UdpUse::nebula},
    {1194, UdpUse::openvpn},     {4791, UdpUse::roce},       {2055, UdpUse::netflow},
    {9995, UdpUse::netflow},     {6343, UdpUse::sflow},
};

/// Whether a datagram of this use is that of a service whose port is well known.
constexpr bool is_service(UdpUse use) {
    return use > UdpUse::ike;
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
/// "tzsp", "nebula", "openvpn", "roce", "netflow", "sflow".
std::optional<UdpUse> find_tunnel(std::string_view name);

} // namespace lacuna::wire
