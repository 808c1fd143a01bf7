// When an SA has fallen silent: total loss has no next packet to reveal it.
#pragma once

#include "flow/period.hpp"
#include "flow/summary.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace lacuna::flow {

/// Packets an SA has sent at least, and how many mean inter-arrival times it may be quiet.
inline constexpr std::uint64_t kSilencePackets = 64;
inline constexpr std::uint64_t kSilenceMeans = 64;

/// Mean inter-arrival times by which an SA that began before outlasts another, at least. Far fewer
/// than make that one silent: a live run knows what goes on to a period (flow/sample.hpp) only.
inline constexpr std::uint64_t kGoesOnMeans = 8;

/// An SA that begins at most so long after the last packet of another replaces it.
inline constexpr TimeNs kReplacedWithin = 10'000'000'000;

/// `count` mean inter-arrival times of an SA that sent `received` packets in `spent` nanoseconds.
/// UINT64_MAX: they are too few to say.
inline std::uint64_t mean_times(std::uint64_t count, std::uint64_t received, std::uint64_t spent) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    if (received < kSilencePackets) return kMost;
    const std::uint64_t mean = spent / (received - 1);
    return mean > kMost / count ? kMost : count * mean;
}

/// How long it may be quiet: the longer of `after` and 64 such times. UINT64_MAX: for ever.
inline std::uint64_t silence_limit(std::uint64_t received, std::uint64_t spent,
                                   std::uint64_t after) {
    return std::max(after, mean_times(kSilenceMeans, received, spent));
}

/// Whether an SA that sent its last packet at `last` was replaced by another of its peers, which
/// began at `begun` and sent at `sent` last. One that began before goes on only if it sends for
/// `longer` (kGoesOnMeans of the first): two that stop together are both silent.
inline bool replaces(TimeNs begun, TimeNs sent, TimeNs last, std::uint64_t longer) {
    if (sent <= last) return false;
    if (begun > last) return elapsed(last, begun) <= kReplacedWithin;
    return elapsed(last, sent) >= longer;
}

/// Those an SA has in common with one that may replace it: protocol, source and destination, or the
/// channel of MACsec. `id` has the source beside it (SaSummary::source).
using Peers = std::array<std::uint64_t, 5>;
inline Peers peers_of(const wire::SaIdentity& id) {
    const bool channel = id.key.protocol == Protocol::macsec;
    Peers peers{static_cast<std::uint64_t>(id.key.protocol), wire::key_word(id.key, 1),
                channel ? 0 : wire::key_word(id.key, 2)};
    if (id.key.family == wire::Family::ipv6) std::memcpy(&peers[3], id.src, sizeof id.src);
    return peers;
}

/// What is known of a moment in which nothing may have come: a live port goes on without packets.
struct Quiet {
    TimeNs now = std::numeric_limits<TimeNs>::min(); ///< the smallest: nobody knows, nobody judges
    TimeNs heard_since = std::numeric_limits<TimeNs>::min(); ///< all ports have had link since

    bool known() const { return now != std::numeric_limits<TimeNs>::min(); }
};

} // namespace lacuna::flow
