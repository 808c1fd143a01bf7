// What decoders look for, from text: further counters and ports.
#pragma once

#include "base/result.hpp"
#include "wire/decoding.hpp"

#include <string>

namespace lacuna::config {

// Texts of the options, the same on every command line.
inline constexpr char kCountersHelp[] = "further counters, each with sums of its own: gre, gtp-u, "
                                        "l2tpv3, roce, rtp, netflow5, netflow9, ipfix, "
                                        "sflow, r-tag, hsr, prp";
inline constexpr char kRtpPortsHelp[] =
    "UDP ports RTP is believed on at once; counts it as --counters rtp does";
inline constexpr char kDeclareHelp[] =
    "a counter of one's own, as \"udp:5555 offset=4 width=32 order=big key=0:4\" or "
    "\"ethertype:0x88b5 ...\"; several behind \";\"";
inline constexpr char kMaxNestingHelp[] = "encapsulations inside each other that are followed";
inline constexpr char kNattPortsHelp[] =
    "UDP ports ESP is looked for on besides 4500 (default: 4501,10000,12346; none)";
inline constexpr char kTunnelPortHelp[] = "further UDP ports of encapsulations, as vxlan=8473: "
                                          "vxlan, vxlan-gpe, geneve, gtp-u, l2tp, "
                                          "tzsp, mpls, nebula, openvpn, roce, netflow, sflow";

/// `NAME,...` -> the counters. Errors: exit 2. Empty: none.
Result<wire::ProtocolSet> parse_counters(const std::string& list);

/// Sets what `natt` (`PORT,...`; `none`; empty: as they are) and `tunnels` (`NAME=PORT,...`) say.
/// Errors: exit 2.
Status set_ports(wire::UdpPorts& ports, const std::string& natt, const std::string& tunnels);

/// Sets the ports of `rtp` (`PORT,...`). Errors: exit 2.
Status set_rtp_ports(wire::UdpPorts& ports, const std::string& rtp);

/// `CARRIER:NUMBER offset=N width=BITS [order=big|little] [key=OFFSET:OCTETS]; ...` -> counters
/// of one's own, up to 16, four of a width. Errors: exit 2.
Result<wire::DeclaredCounters> parse_declared(const std::string& list);
/// What follows from them for ports and counters asked for.
void apply_declared(const wire::DeclaredCounters& declared, wire::UdpPorts& ports,
                    wire::ProtocolSet& counters);

} // namespace lacuna::config
