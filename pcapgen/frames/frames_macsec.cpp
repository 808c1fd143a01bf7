// IEEE 802.1AE: SecTAG, encrypted data, 16-octet ICV. VLAN tags stand outside, in clear.
#include "pcapgen/frames/layers.hpp"

#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

// TCI bits (802.1AE 9.5): version 0, confidentiality (E and C both set).
constexpr std::uint8_t kTciEndStation = 0x40;
constexpr std::uint8_t kTciExplicit = 0x20;
constexpr std::uint8_t kTciEncrypted = 0x0C;
constexpr std::uint32_t kIcv = 16;
constexpr std::uint32_t kShortTag = 6; ///< TCI/AN, SL, PN
constexpr std::uint32_t kLongTag = 14; ///< and the SCI
constexpr std::uint32_t kSlLimit = 48; ///< SL is 0 for secure data from here on (9.7)
constexpr std::uint32_t kSmallestData = 2;
constexpr std::uint16_t kFirstPort = 1;

template <std::uint32_t kTag>
std::uint32_t smallest(unsigned tags, std::uint32_t) {
    return smallest_with(tags, kTag + kSmallestData + kIcv);
}

void header(const FlowPlan& plan, std::uint8_t* out, std::uint8_t tci) {
    const std::uint32_t tag = ethernet_header(plan, kTypeMacsec, out);
    out[tag] = tci | kTciEncrypted | plan.an;
    if (tci == kTciExplicit) store_be(out + tag + 6, plan.sci);
}
void header_explicit(const FlowPlan& plan, std::uint8_t* out) {
    header(plan, out, kTciExplicit);
}
void header_implicit(const FlowPlan& plan, std::uint8_t* out) {
    header(plan, out, kTciEndStation);
}

template <std::uint32_t kTag>
std::uint32_t build(const FrameJob& job, std::uint8_t* out) {
    copy_header(job, out);
    std::uint8_t* const tag = out + job.network;
    const std::uint32_t body = job.size - job.network - kTag;
    const std::uint32_t data = body - kIcv;
    tag[1] = static_cast<std::uint8_t>(data < kSlLimit ? data : 0);
    put32(tag + 2, job.number);
    fill(tag + kTag, job.octets, body);
    return job.size;
}

constexpr FrameKind kKinds[] = {
    {"macsec", Class::macsec, "", false, smallest<kLongTag>, header_explicit, build<kLongTag>},
    {"macsec without sci", Class::macsec, "", false, smallest<kShortTag>, header_implicit,
     build<kShortTag>},
};

FlowPlan plan(const PlanRules& rules, std::uint64_t index) {
    const std::uint64_t channel = index / rules.ans;
    FlowPlan p;
    plan_link(p, rules, channel, 0);
    const bool implicit = in_share(channel, rules.implicit_sci);
    p.kind = &kKinds[implicit ? 1 : 0];
    // An end station has one port, number 1 (802.1AE 9.9); a bridge numbers them.
    const std::uint64_t port = implicit ? kFirstPort : kFirstPort + channel % 4;
    for (const std::uint8_t octet : p.source_mac)
        p.sci = (p.sci << 8) | octet;
    p.sci = (p.sci << 16) | port;
    p.an = static_cast<std::uint8_t>(rules.ans == 1 ? channel % 4 : index % rules.ans);
    return p;
}

std::string id(const FlowPlan& p) {
    return fmt::format("macsec-{:016x}-{}", p.sci, p.an);
}

} // namespace

constinit const Family kMacsec{"macsec", true, 40, kKinds, plan, id};

} // namespace lacuna::pcapgen
