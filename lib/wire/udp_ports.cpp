#include "wire/udp_ports.hpp"

namespace lacuna::wire {

namespace {

struct Tunnel {
    std::string_view name;
    UdpUse use;
};
constexpr Tunnel kTunnels[] = {
    {"vxlan", UdpUse::vxlan}, {"vxlan-gpe", UdpUse::vxlan_gpe}, {"geneve", UdpUse::geneve},
    {"mpls", UdpUse::mpls},   {"gtp-u", UdpUse::gtp_u},         {"l2tp", UdpUse::l2tp},
    {"tzsp", UdpUse::tzsp},   {"nebula", UdpUse::nebula},       {"openvpn", UdpUse::openvpn},
    {"roce", UdpUse::roce},   {"netflow", UdpUse::netflow},     {"sflow", UdpUse::sflow},
};

} // namespace

constinit const UdpPorts kUsualPorts;

std::optional<UdpUse> find_tunnel(std::string_view name) {
    for (const Tunnel& t : kTunnels)
        if (t.name == name) return t.use;
    return std::nullopt;
}

std::string_view tunnel_name(UdpUse use) {
    for (const Tunnel& t : kTunnels)
        if (t.use == use) return t.name;
    return {};
}

} // namespace lacuna::wire
