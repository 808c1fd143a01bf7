// How the stages of the data path are spread over lcores: data, not code.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace lacuna::pipeline {

/// A layout, as `--layout` names it.
///
/// - pipeline: one lcore receives, `parsers` decode, `workers` track; rings in between.
/// - rtc (run to completion): each of `queues` lcores polls its own queue and does all three.
struct Layout {
    enum class Kind : std::uint8_t { pipeline, rtc };

    Kind kind = Kind::rtc;
    std::uint32_t parsers = 0; ///< pipeline only
    std::uint32_t workers = 0; ///< pipeline only
    std::uint32_t queues = 1;  ///< rtc only
    std::string reason;        ///< why it was chosen, where `auto` chose it

    /// lcores on the data path; the main lcore, which only waits, is not one of them.
    std::uint32_t lcores() const { return kind == Kind::pipeline ? 1 + parsers + workers : queues; }
    /// Flow trackers, that is shards of the flow table.
    std::uint32_t trackers() const { return kind == Kind::pipeline ? workers : queues; }
    /// Decoders, each with frame counts of its own.
    std::uint32_t decoders() const { return kind == Kind::pipeline ? parsers : queues; }
    /// The layout as `--layout` takes it.
    std::string text() const;

    friend bool operator==(const Layout& a, const Layout& b) {
        return a.kind == b.kind && a.parsers == b.parsers && a.workers == b.workers
               && a.queues == b.queues;
    }
};

/// What feeds a pipeline, as far as `auto` cares.
enum class Feed : std::uint8_t {
    net_pcap, ///< a driver that spends several times as long on a packet as all the rest does
    memory,   ///< a mapped capture or generated frames: receiving costs next to nothing
    port,     ///< a device whose burst calls are cheap, and which must never be kept waiting
};

/// Most parsers, workers or queues a layout may name.
inline constexpr std::uint32_t kMaxStage = 32;

/// Reads `pipeline:rx=1,parse=P,work=W` (keys in any order, each at most once, 1 where left out),
/// `rtc:N`, `rtc` or `auto`; `auto` is settled by `cpus`, the CPUs this process may use, and
/// `feed`, and leaves its reason in Layout::reason. Errors (exit 2): anything else, zero, more than
/// kMaxStage, more than one receiver.
Result<Layout> parse_layout(std::string_view text, std::uint32_t cpus, Feed feed = Feed::port);

} // namespace lacuna::pipeline
