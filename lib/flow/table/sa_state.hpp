// One row of the flow table: what is kept of every secure association.
#pragma once

#include "flow/sample.hpp"
#include "flow/summary.hpp"
#include "seq/record.hpp"

namespace lacuna::flow {

/// Number of a row; also of a channel record.
using Row = std::uint32_t;
inline constexpr Row kNoRow = 0xFFFFFFFFu;

/// SaState::flags. A packet in order takes the fast path only where they equal those of its
/// observation: one comparison asks for everything that needs more than counting.
enum StateFlag : std::uint16_t {
    kAssumed = wire::kSciAssumed,                ///< some SCI was assumed
    kInside = 0xFFu & ~0u << wire::kInsideShift, ///< the encapsulation, as in the observation
    kBusy = 1u << 8,                             ///< any packet in order has to be judged
    kStandby = 1u << 9,                          ///< the AN is not the active one of its channel
    kSource6 = 1u << 10, ///< the source of IPv6 multicast is part of the identity
    kOpen = 1u << 11,    ///< which counter a packet belongs to has to be looked up
    kAlias = 1u << 12,   ///< only leads to an identity under another destination
    kApart = 1u << 13,   ///< a further counter of an identity: not in the index
    kSilent = 1u << 14,  ///< EventKind::silent was told of it
};
static_assert(kAssumed == 1);

/// SaKey::spare of a row that is free: no observation has it.
inline constexpr std::uint8_t kFreeRow = 3;

/// What a packet in order touches: one cache line. Written by the worker that owns the table.
struct alignas(kCacheLine) SaState {
    wire::SaKey key; ///< with the source of the first packet; that of IPv6 lies in SaTable, and the
                     ///< tag is SaTable::mark_of() the latest packet
    Seq64 highest;
    std::uint64_t bytes;
    TimeNs last_time;
    std::uint32_t received; ///< low half, see SaRest::received_high
    std::uint32_t
        min_interarrival_ns; ///< shortest inter-arrival time; kLongInterarrival: see SaRest
    std::uint32_t max_interarrival_ns; ///< longest one; kLongInterarrival: see SaRest
    std::uint16_t flags;               ///< StateFlag
    std::uint16_t wake; ///< low bits of the number that needs the slow path even in order

    bool used() const { return key.spare != kFreeRow; }
    /// Whether the row is that of a counter.
    bool counts() const { return used() && (flags & kAlias) == 0; }
};
static_assert(sizeof(SaState) == kCacheLine);

/// Inter-arrival times from here on, 4.29 s, are kept in SaRest.
inline constexpr std::uint32_t kLongInterarrival = 0xFFFFFFFFu;

/// The rest of a row, touched where a packet is not simply the next one.
struct SaRest {
    Seq64 first; ///< of the present instance
    TimeNs first_time;
    std::uint64_t long_min_ns;  ///< where min_interarrival_ns is kLongInterarrival; all ones before
                                ///< the second packet
    std::uint64_t long_max_ns;  ///< where max_interarrival_ns is kLongInterarrival
    std::uint64_t backwards_ns; ///< sum of the steps back in time
    TimeNs mark_time; ///< first packet of the row's period; the rate is measured from the mark
                      ///< before this one
    std::uint32_t mark_number; ///< low half of `highest` at mark_time
    std::uint32_t prev_number;
    std::uint32_t prev_us;       ///< how long before mark_time the previous mark was set
    std::uint16_t received_high; ///< bits 32 to 47
    std::uint16_t vlan;          ///< Observation::vlan() of the latest packet
    seq::Block record;           ///< seq::Record; kNoBlock until the first anomaly
    Row channel;                 ///< of a MACsec SA whose channel has more than one AN, else kNoRow
    seq::Block identity;         ///< Identity; kNoBlock while its packets simply make one counter
    std::uint8_t slot;           ///< of the counter in its identity
    std::uint8_t ordinal;        ///< of the counter in its identity, by appearance
    std::uint16_t port;          ///< Observation::port() of the latest packet
};
static_assert(sizeof(SaState) + sizeof(SaRest) == 144, "with index and entry 184 octets an SA");

} // namespace lacuna::flow
