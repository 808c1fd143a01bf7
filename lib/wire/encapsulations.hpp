// The encapsulations that are looked into, one row each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace lacuna::wire {

/// What is wrapped around the header that carries a number; the innermost where there are several.
enum class Encapsulation : std::uint8_t {
    none,
    gre,
    gretap,
    nvgre,
    erspan,
    vxlan,
    vxlan_gpe,
    geneve,
    gtp_u,
    l2tp,
    l2tpv3,
    pptp,
    pppoe,
    tzsp,
    etherip,
    pseudowire,
    pbb,
    tcp,
    mpls,
    count
};
inline constexpr std::size_t kEncapsulations = static_cast<std::size_t>(Encapsulation::count);
static_assert(kEncapsulations <= 32, "Observation::flags has five bits for it");

/// "vxlan", ...; empty for none.
constexpr const char* encapsulation_name(Encapsulation e) {
    constexpr const char* names[] = {
        "",        "gre",        "gretap", "nvgre",  "erspan", "vxlan", "vxlan-gpe",
        "geneve",  "gtp-u",      "l2tp",   "l2tpv3", "pptp",   "pppoe", "tzsp",
        "etherip", "pseudowire", "pbb",    "tcp",    "mpls",
    };
    static_assert(std::size(names) == kEncapsulations);
    return names[static_cast<std::size_t>(e)];
}

/// Encapsulations inside each other that are followed.
inline constexpr unsigned kMaxEncapsulations = 8;

} // namespace lacuna::wire
