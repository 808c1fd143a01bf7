#include "wire/frame_counts.hpp"

#include <cstdio>
#include <map>
#include <string_view>

namespace lacuna::wire {

namespace {

struct Named {
    std::uint16_t number;
    const char* name;
};

/// EtherTypes people know by name (IEEE registration authority).
constexpr Named kEthertypes[] = {
    {0x0806, "arp"},           {0x0842, "wake-on-lan"},
    {0x22EA, "srp"},           {0x22F0, "avtp"},
    {0x4305, "batman"},        {0x6558, "trans-ether-bridging"},
    {0x8035, "rarp"},          {0x809B, "appletalk"},
    {0x80F3, "aarp"},          {0x8137, "ipx"},
    {0x8808, "mac-control"},   {0x8809, "slow-protocols"},
    {0x880B, "ppp"},           {0x8863, "pppoe-discovery"},
    {0x8864, "pppoe-session"}, {0x8870, "jumbo-llc"},
    {0x888E, "eapol"},         {0x8892, "profinet"},
    {0x88A2, "aoe"},           {0x88A4, "ethercat"},
    {0x88B8, "goose"},         {0x88BA, "sampled-values"},
    {0x88C7, "eapol-preauth"}, {0x88CA, "tipc"},
    {0x88CC, "lldp"},          {0x88D9, "lltd"},
    {0x88E1, "homeplug-av"},   {0x88E7, "pbb"},
    {0x88F5, "mvrp"},          {0x88F6, "mmrp"},
    {0x88F7, "ptp"},           {0x88F8, "ncsi"},
    {0x88FB, "prp"},           {0x8902, "cfm"},
    {0x8906, "fcoe"},          {0x8914, "fip"},
    {0x8915, "roce"},          {0x892F, "hsr"},
    {0x893A, "ieee1905"},      {0x894F, "nsh"},
    {0x8909, "cisco-cmd"},     {0x8926, "vn-tag"},
    {0x893F, "e-tag"},         {0x9000, "loopback"},
    {0xF1C1, "r-tag"},
};

/// IP protocols people know by name (IANA).
constexpr Named kIpProtocols[] = {
    {0, "hopopt"},
    {1, "icmp"},
    {2, "igmp"},
    {3, "ggp"},
    {6, "tcp"},
    {8, "egp"},
    {9, "igp"},
    {17, "udp"},
    {27, "rdp"},
    {33, "dccp"},
    {43, "routing"},
    {44, "fragment"},
    {46, "rsvp"},
    {47, "gre"},
    {58, "icmpv6"},
    {59, "no-next-header"},
    {60, "destination-options"},
    {80, "iso-ip"},
    {88, "eigrp"},
    {89, "ospf"},
    {94, "ipip"},
    {97, "etherip"},
    {103, "pim"},
    {108, "ipcomp"},
    {112, "vrrp"},
    {115, "l2tp"},
    {124, "isis"},
    {132, "sctp"},
    {133, "fc"},
    {135, "mobility"},
    {136, "udplite"},
    {137, "mpls"},
    {139, "hip"},
    {140, "shim6"},
    {142, "rohc"},
    {143, "ethernet"},
};

constexpr const char* kRoleNames[] = {
    "runt",
    "truncated",
    "ike",
    "mka",
    "natt-keepalive",
    "ip-fragment",
    "ipv4/bad-header",
    "ipv6/bad-header",
    "ip-nesting",
    "llc",
    "mpls",
    "unsupported-link",
    "encapsulation-nesting",
    "ppp-control",
    "vxlan",
    "vxlan-gpe",
    "geneve",
    "gtp-u",
    "l2tp",
    "tzsp",
    "wireguard",
    "nebula",
    "openvpn",
    "roce-v2",
    "netflow",
    "sflow",
    "esp-in-tcp",
    "quic",
    "dns",
    "dhcp",
    "ntp",
    "snmp",
    "mdns",
    "ssdp",
    "stun",
    "sip",
    "rtp",
    "rtcp",
    "ipfix",
    "dtls",
};
static_assert(std::size(kRoleNames) == kRoles);

template <std::size_t N>
const char* find(const Named (&table)[N], std::size_t number) {
    for (const Named& entry : table)
        if (entry.number == number) return entry.name;
    return nullptr;
}

std::string ethertype_name(std::size_t type) {
    if (const char* name = find(kEthertypes, type)) return name;
    char text[24];
    std::snprintf(text, sizeof text, "ethertype-0x%04zx", type);
    return text;
}

std::string ip_protocol_name(std::string_view family, std::size_t protocol) {
    std::string text(family);
    text += '/';
    if (const char* name = find(kIpProtocols, protocol)) return text + name;
    return text + "proto-" + std::to_string(protocol);
}

} // namespace

FrameCounts& FrameCounts::operator+=(const FrameCounts& o) {
    const auto add = [](auto& to, const auto& from) {
        for (std::size_t i = 0; i < std::size(to); ++i)
            to[i] += from[i];
    };
    offered += o.offered;
    bytes += o.bytes;
    nesting_cut += o.nesting_cut;
    asked |= o.asked;
    add(cls, o.cls);
    add(role, o.role);
    add(ipv4, o.ipv4);
    add(ipv6, o.ipv6);
    add(ethertype, o.ethertype);
    mka += o.mka;
    ike += o.ike;
    return *this;
}

std::vector<std::pair<std::string, std::uint64_t>> FrameCounts::other_by_name() const {
    std::map<std::string, std::uint64_t> named;
    const auto count = [&](const std::string& name, std::uint64_t n) { named[name] += n; };

    for (std::size_t i = 0; i < kRoles; ++i)
        if (role[i] != 0) count(kRoleNames[i], role[i]);
    for (std::size_t i = 0; i < std::size(ipv4); ++i)
        if (ipv4[i] != 0) count(i == 1 ? "icmp" : ip_protocol_name("ipv4", i), ipv4[i]);
    for (std::size_t i = 0; i < std::size(ipv6); ++i)
        if (ipv6[i] != 0) count(i == 58 ? "icmpv6" : ip_protocol_name("ipv6", i), ipv6[i]);
    for (std::size_t i = 0; i < std::size(ethertype); ++i)
        if (ethertype[i] != 0) count(ethertype_name(i), ethertype[i]);
    return {named.begin(), named.end()};
}

} // namespace lacuna::wire
