// The seam between protocols and the generator. A protocol is one file that defines a Family and
// one line in registry.cpp.
#pragma once

#include "pcapgen/flow_plan.hpp"

#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace lacuna::pcapgen {

/// Room for all headers of a frame up to its first octet that changes in every packet.
inline constexpr std::uint32_t kHeaderRoom = 96;
/// A builder may write this far behind the frame it returns.
inline constexpr std::uint32_t kBuildSlack = 128;
inline constexpr std::uint32_t kSmallestFrame = 60; ///< Ethernet minimum without FCS
inline constexpr std::uint32_t kLargestFrame = 65535;

/// What a frame counts as in the truth.
enum class Class : std::uint8_t {
    macsec,
    esp,
    ah,
    other,
    // --protocol counters: encrypted tunnels, then further counters.
    wireguard,
    nebula,
    openvpn,
    gtp_u,
    gre,
    l2tpv3,
    rtp,
    roce,
    netflow9,
    sflow,
    r_tag,
    hsr,
    prp,
    ipfix,
    count
};
inline constexpr std::size_t kClasses = static_cast<std::size_t>(Class::count);
constexpr const char* class_name(Class c) {
    constexpr const char* names[] = {"macsec",   "esp",   "ah",    "other",  "wireguard", "nebula",
                                     "openvpn",  "gtp-u", "gre",   "l2tpv3", "rtp",       "roce",
                                     "netflow9", "sflow", "r-tag", "hsr",    "prp",       "ipfix"};
    static_assert(std::size(names) == kClasses);
    return names[static_cast<std::size_t>(c)];
}
/// Whether reports have sums of their own for it, beside `totals`.
constexpr bool is_counter(Class c) {
    return c >= Class::gtp_u;
}

/// One frame to build.
struct FrameJob {
    const std::uint8_t* header; ///< as written by FrameKind::header, kHeaderRoom octets
    std::uint32_t network;      ///< offset of what follows the last EtherType
    std::uint32_t icv;          ///< length of ESP's ICV: 8, 12 or 16
    std::uint32_t number;       ///< packet or sequence number; of unsecured flows a packet count
    std::uint64_t packets;      ///< frames of this flow before
    std::uint64_t bytes;        ///< and their octets
    std::uint32_t size;         ///< wanted octets without FCS, at least smallest()
    bool exact;                 ///< keep the size by an Ethernet trailer where ESP cannot
    const std::uint8_t* octets; ///< noise for what is encrypted, kLongest readable
    const std::uint8_t* text;   ///< for what is not
};

/// One shape of frame.
struct FrameKind {
    const char* name; ///< for a person: "esp in udp, ipv4"
    Class cls;
    const char* other; ///< name under "other" in the truth; empty for secured kinds
    bool ipv6;
    /// Smallest frame of this kind; may exceed what was asked for.
    std::uint32_t (*smallest)(unsigned tags, std::uint32_t icv);
    /// Writes all that stays the same for a flow, checksums as partial sums, into kHeaderRoom
    /// octets; they must be zero before.
    void (*header)(const FlowPlan& plan, std::uint8_t* out);
    /// Writes a whole frame at `out` and returns its octets; up to kBuildSlack octets behind it
    /// may be overwritten.
    std::uint32_t (*build)(const FrameJob& job, std::uint8_t* out);
    std::uint8_t bits = 32; ///< of the number on the wire
};

/// A protocol: its kinds and how its flows are planned.
struct Family {
    const char* name;      ///< value of --protocol, and --<name>-ratio
    bool secured;          ///< its flows are SAs with numbers
    std::uint32_t percent; ///< share of the frames with --protocol mixed
    std::span<const FrameKind> kinds;
    FlowPlan (*plan)(const PlanRules& rules, std::uint64_t index);
    /// Text id of an SA as in reports; null unless secured.
    std::string (*id)(const FlowPlan& plan);
};

/// All protocols, in the order of --help.
std::span<const Family* const> families();
const Family* find_family(std::string_view name);

extern const Family kMacsec;
extern const Family kIpsec;
extern const Family kGeneric;
extern const Family kCounters;

/// One-packet ESP SAs for floods: SPI unique among `index` of this and of kIpsec's flows.
FlowPlan plan_flood(const PlanRules& rules, std::uint64_t index);

} // namespace lacuna::pcapgen
