// One row of the flow table: what is kept of every secure association.
#pragma once

#include "flow/summary.hpp"
#include "seq/record.hpp"

namespace lacuna::flow {

/// Number of a row; also of a channel record.
using Row = std::uint32_t;
inline constexpr Row kNoRow = 0xFFFFFFFFu;

/// SaState::flags
enum StateFlag : std::uint16_t {
    kAssumed = wire::kSciAssumed, ///< some SCI was assumed
    kUsed = 1u << 1,              ///< the row is taken
    kBusy = 1u << 2,              ///< even a packet in order needs seq::step()
    kStandby = 1u << 3,           ///< another AN of the channel had the last packet
};
static_assert(kAssumed == 1);

/// Two cache lines, both touched by every packet of the SA; the first decides whether it is in
/// order, the second takes the times. Written by the worker that owns the table.
struct alignas(2 * kCacheLine) SaState {
    wire::SaKey key; ///< the source of IPv6 multicast lies apart, see SaTable
    Seq64 highest;
    std::uint64_t received;
    std::uint64_t bytes;
    TimeNs last_time;
    seq::RecordId record; ///< kNoRecord until the first anomaly
    std::uint16_t flags;  ///< StateFlag
    std::uint16_t spare;

    Seq64 first; ///< of the present instance
    TimeNs first_time;
    std::uint64_t min_gap_ns; ///< shortest inter-arrival time; all ones before the second packet
    std::uint64_t max_gap_ns;
    std::uint64_t backwards_ns; ///< sum of the steps back in time
    TimeNs mark_time;           ///< the rate is measured from the mark before this one
    std::uint32_t mark_number;  ///< low half of `highest` at mark_time
    std::uint32_t prev_number;
    std::uint32_t prev_us; ///< how long before mark_time the previous mark was set
    Row channel;           ///< of a MACsec SA whose channel has more than one AN, else kNoRow
};
static_assert(sizeof(SaState) == 2 * kCacheLine);
static_assert(offsetof(SaState, first) == kCacheLine, "what decides the order fills one line");

/// Marks are set this far apart, so that a rate covers the last 5 to 10 s.
inline constexpr TimeNs kMarkSpacing = 5'000'000'000;

} // namespace lacuna::flow
