// What decoders look for, from text: further counters and ports.
#pragma once

#include "base/result.hpp"
#include "wire/decoding.hpp"

#include <string>

namespace lacuna::config {

// Texts of the options, the same on every command line.
inline constexpr char kCountersHelp[] =
    "further counters, each with sums of its own: gre, gtp-u, roce, netflow9, sflow, r-tag, hsr";
inline constexpr char kNattPortsHelp[] =
    "UDP ports ESP is looked for on besides 4500 (default: 4501,10000,12346; none)";
inline constexpr char kTunnelPortHelp[] = "further UDP ports of encapsulations, as vxlan=8473: "
                                          "vxlan, vxlan-gpe, geneve, gtp-u, l2tp, "
                                          "tzsp, nebula, openvpn, roce, netflow, sflow";

/// `NAME,...` -> the counters. Errors: exit 2. Empty: none.
Result<wire::ProtocolSet> parse_counters(const std::string& list);

/// Sets what `natt` (`PORT,...`; `none`; empty: as they are) and `tunnels` (`NAME=PORT,...`) say.
/// Errors: exit 2.
Status set_ports(wire::UdpPorts& ports, const std::string& natt, const std::string& tunnels);

} // namespace lacuna::config
