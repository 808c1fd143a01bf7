#include "pcapgen/frames/wrap.hpp"

#include "pcapgen/frames/layers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>

namespace lacuna::pcapgen {
namespace {

constexpr std::uint32_t kEthernet = 14;
constexpr std::size_t kLongest = 8; ///< wrappers of a chain

/// Makes room for `n` octets before the frame, zeroed.
std::uint8_t* push(Wrapping& w, std::uint32_t n) {
    std::memmove(w.octets + n, w.octets, w.length);
    std::memset(w.octets, 0, n);
    w.length += n;
    return w.octets;
}

void push_octets(Wrapping& w, std::initializer_list<std::uint8_t> octets) {
    std::copy(octets.begin(), octets.end(), push(w, static_cast<std::uint32_t>(octets.size())));
}

/// Where the IP header begins behind tags, or 0: there is none.
std::uint32_t ip_at(const Wrapping& w) {
    std::uint32_t at = 12;
    while (load_be16(w.octets + at) == 0x8100 || load_be16(w.octets + at) == 0x88A8)
        at += 4;
    const std::uint16_t type = load_be16(w.octets + at);
    return type == kTypeIpv4 || type == kTypeIpv6 ? at + 2 : 0;
}

/// The IP packet alone, without what pads its frame.
void strip_to_ip(Wrapping& w) {
    const std::uint32_t at = ip_at(w);
    const std::uint8_t* ip = w.octets + at;
    const std::uint32_t total =
        ip[0] >> 4 == 6 ? kIpv6Header + load_be16(ip + 4) : load_be16(ip + 2);
    w.length = total;
    std::memmove(w.octets, ip, total);
}
bool is_ipv6(const Wrapping& w) {
    return w.octets[0] >> 4 == 6;
}

void ethernet_around(Wrapping& w, std::uint16_t type) {
    std::uint8_t* p = push(w, kEthernet);
    p[0] = p[6] = 0x02;
    p[5] = 0xB2;
    p[11] = 0xB1;
    put16(p + 12, type);
}

/// IPv4 between two routers, and Ethernet.
void ip_around(Wrapping& w, std::uint8_t protocol) {
    const std::uint32_t total = w.length + kIpv4Header;
    std::uint8_t* p = push(w, kIpv4Header);
    p[0] = 0x45;
    p[8] = 64;
    p[9] = protocol;
    put32(p + 12, 0xC0000201);
    put32(p + 16, 0xC0000202);
    put16(p + 10, sum_of(p, kIpv4Header));
    finish_ipv4(p, total, 0);
    ethernet_around(w, kTypeIpv4);
}

void udp_around(Wrapping& w, std::uint16_t to) {
    const std::uint32_t length = w.length + kUdpHeader;
    std::uint8_t* p = push(w, kUdpHeader);
    put16(p, 50000);
    put16(p + 2, to);
    put16(p + 4, length);
    ip_around(w, 17);
}

void gre(Wrapping& w) {
    const bool v6 = is_ipv6(w);
    push_octets(w, {0x20, 0, v6 ? std::uint8_t{0x86} : std::uint8_t{0x08},
                    v6 ? std::uint8_t{0xDD} : std::uint8_t{0}, 0, 0, 0, 9});
    ip_around(w, 47);
}
void gretap(Wrapping& w) {
    push_octets(w, {0, 0, 0x65, 0x58});
    ip_around(w, 47);
}
void nvgre(Wrapping& w) {
    push_octets(w, {0x20, 0, 0x65, 0x58, 0, 0x12, 0x34, 1});
    ip_around(w, 47);
}
void erspan1(Wrapping& w) {
    push_octets(w, {0, 0, 0x88, 0xBE});
    ip_around(w, 47);
}
void erspan2(Wrapping& w) {
    push_octets(w, {0x10, 0, 0x88, 0xBE, 0, 0, 0, 7, 0x10, 0x64, 0, 1, 0, 0, 0, 2});
    ip_around(w, 47);
}
void erspan3(Wrapping& w) {
    push_octets(w,
                {0x10, 0, 0x22, 0xEB, 0, 0, 0, 7, 0x20, 0x64, 0, 1, 0, 0, 0x30, 0x39, 0, 0, 0, 0});
    ip_around(w, 47);
}
void vxlan(Wrapping& w) {
    push_octets(w, {0x08, 0, 0, 0, 0, 0x12, 0x34, 0});
    udp_around(w, 4789);
}
void vxlan_gpe(Wrapping& w) {
    push_octets(w, {0x0C, 0, 0, 3, 0, 0x12, 0x34, 0});
    udp_around(w, 4790);
}
void geneve(Wrapping& w) {
    push_octets(w, {1, 0, 0x65, 0x58, 0, 0x12, 0x34, 0, 0, 1, 0x80, 0});
    udp_around(w, 6081);
}
void gtp_u(Wrapping& w) {
    const std::uint32_t length = w.length;
    push_octets(w, {0x30, 255, 0, 0, 0, 0, 0xAB, 0xCD});
    put16(w.octets + 2, length);
    udp_around(w, 2152);
}
void l2tp(Wrapping& w) {
    push_octets(
        w, {0, 2, 0, 1, 0, 2, 0xFF, 3, 0, is_ipv6(w) ? std::uint8_t{0x57} : std::uint8_t{0x21}});
    udp_around(w, 1701);
}
void l2tpv3(Wrapping& w) {
    push_octets(w, {0, 0, 0x12, 0x34});
    ip_around(w, 115);
}
void pppoe(Wrapping& w) {
    const std::uint32_t length = w.length + 2;
    push_octets(w, {0x11, 0, 0, 7, 0, 0, 0, is_ipv6(w) ? std::uint8_t{0x57} : std::uint8_t{0x21}});
    put16(w.octets + 4, length);
    ethernet_around(w, 0x8864);
}
void tzsp(Wrapping& w) {
    push_octets(w, {1, 0, 0, 1, 1});
    udp_around(w, 37008);
}
void etherip(Wrapping& w) {
    push_octets(w, {0x30, 0});
    ip_around(w, 97);
}
void pseudowire(Wrapping& w) {
    push_octets(w, {0, 0x06, 0x40, 0x40, 0, 0x0C, 0x81, 0x40, 0, 0, 0, 0});
    ethernet_around(w, 0x8847);
}
void mpls(Wrapping& w) {
    push_octets(w, {0, 0x06, 0x41, 0x40});
    ethernet_around(w, 0x8847);
}
void pbb(Wrapping& w) {
    push_octets(w, {0, 0, 0x12, 0x34});
    ethernet_around(w, 0x88E7);
}

/// Octets between the addresses and the EtherType of the frame.
void tag(Wrapping& w, std::initializer_list<std::uint8_t> octets) {
    std::uint8_t addresses[12];
    std::memcpy(addresses, w.octets, sizeof addresses);
    std::uint8_t* p = push(w, static_cast<std::uint32_t>(octets.size()));
    std::memcpy(p, addresses, sizeof addresses);
    std::copy(octets.begin(), octets.end(), p + sizeof addresses);
}
void r_tag(Wrapping& w) {
    tag(w, {0xF1, 0xC1, 0, 0, 0, 77});
}
void hsr(Wrapping& w) {
    tag(w, {0x89, 0x2F, 0x10, 0x40, 0, 77});
}
void vn_tag(Wrapping& w) {
    tag(w, {0x89, 0x26, 0x80, 1, 0, 2});
}
void e_tag(Wrapping& w) {
    tag(w, {0x89, 0x3F, 0, 0, 0, 1, 0, 0});
}
void cisco_cmd(Wrapping& w) {
    tag(w, {0x89, 0x09, 1, 1, 0, 1, 0, 5});
}

constexpr Wrapper kWrappers[] = {
    {"gre", "gre", false, true, gre},
    {"gretap", "gretap", true, true, gretap},
    {"nvgre", "nvgre", true, true, nvgre},
    {"erspan1", "erspan", true, true, erspan1},
    {"erspan2", "erspan", true, true, erspan2},
    {"erspan3", "erspan", true, true, erspan3},
    {"vxlan", "vxlan", true, true, vxlan},
    {"vxlan-gpe", "vxlan-gpe", true, true, vxlan_gpe},
    {"geneve", "geneve", true, true, geneve},
    {"gtp-u", "gtp-u", false, true, gtp_u},
    {"l2tp", "l2tp", false, true, l2tp},
    {"l2tpv3", "l2tpv3", true, true, l2tpv3},
    {"pppoe", "pppoe", false, false, pppoe},
    {"tzsp", "tzsp", true, true, tzsp},
    {"etherip", "etherip", true, true, etherip},
    {"pseudowire", "pseudowire", true, false, pseudowire},
    {"pbb", "pbb", true, false, pbb},
    {"mpls", "", false, false, mpls},
    {"r-tag", "", true, false, r_tag},
    {"hsr", "", true, false, hsr},
    {"vn-tag", "", true, false, vn_tag},
    {"e-tag", "", true, false, e_tag},
    {"cisco-cmd", "", true, false, cisco_cmd},
};

const Wrapper* find_wrapper(std::string_view name) {
    for (const Wrapper& w : kWrappers)
        if (name == w.name) return &w;
    return nullptr;
}

/// Calls `fn(wrapper)` for those of the chain that are used, innermost first.
template <typename Fn>
void each_used(const WrapperChain& chain, Class cls, Fn fn) {
    bool ip = cls != Class::macsec;
    for (auto it = chain.rbegin(); it != chain.rend(); ++it) {
        if (!(*it)->carries_frames && !ip) continue;
        fn(**it);
        ip = (*it)->makes_ip;
    }
}

} // namespace

Result<std::vector<WrapperChain>> parse_inside(const std::string& text) {
    std::vector<WrapperChain> chains(1);
    std::string name;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] != '+' && text[i] != ',') {
            name += text[i];
            continue;
        }
        const Wrapper* wrapper = find_wrapper(name);
        if (wrapper == nullptr || chains.back().size() == kLongest) {
            std::string names;
            for (const Wrapper& w : kWrappers)
                names += fmt::format("{}{}", names.empty() ? "" : ", ", w.name);
            return Error{wrapper == nullptr ? fmt::format("no encapsulation \"{}\"", name)
                                            : fmt::format("more than {} in a chain", kLongest),
                         "--inside", "as vxlan+pppoe,gre; there is " + names};
        }
        chains.back().push_back(wrapper);
        name.clear();
        if (i < text.size() && text[i] == ',') chains.emplace_back();
    }
    return chains;
}

void wrap(const WrapperChain& chain, Wrapping& w, Class cls) {
    each_used(chain, cls, [&w](const Wrapper& wrapper) {
        if (!wrapper.carries_frames) strip_to_ip(w);
        wrapper.wrap(w);
    });
}

const char* inside_name(const WrapperChain& chain, Class cls) {
    const char* name = "";
    each_used(chain, cls, [&name](const Wrapper& wrapper) {
        if (*name == '\0') name = wrapper.inside;
    });
    return name;
}

} // namespace lacuna::pcapgen
