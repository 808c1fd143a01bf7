// What the generator knows of one SA: where its sender stands and what was decided for it so far.
#pragma once

#include "base/types.hpp"
#include "pcapgen/sender/impairments.hpp"

#include <array>
#include <cstdint>

namespace lacuna::pcapgen {

/// State and truth of one flow in one cache line. Numbers are 64 bit here and 32 on the wire.
/// Flows without numbers (generic traffic) use `next` as a packet count.
struct alignas(kCacheLine) SaState {
    std::uint64_t next = 1; ///< number of the next new packet
    std::uint64_t first = 1;
    std::uint64_t received = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;
    std::uint32_t gaps = 0;
    std::uint32_t duplicates = 0;
    std::uint32_t late = 0;
    std::uint16_t max_gap = 0;
    std::uint16_t max_late_extent = 0;
    std::uint16_t owed = 0;  ///< frames this SA must still send to make the truth true
    std::uint16_t back = 0;  ///< the last owed frame carries next - back; 0: a new number
    std::uint8_t kind = 0;   ///< index among all frame kinds
    std::uint8_t tags = 0;   ///< VLAN tags
    std::uint8_t bad = 0;    ///< Gilbert-Elliott state
    std::uint8_t warned = 0; ///< exhaustion was noted
};
static_assert(sizeof(SaState) == kCacheLine);

/// Held by SAs only where the run asks for what needs it (Impairments::special, rekeys).
struct RareState {
    std::uint64_t too_old = 0;
    std::uint64_t before_first = 0;
    std::uint64_t outliers = 0;
    std::uint64_t restarts = 0;
    std::uint64_t instance_first = 1; ///< first number since the last restart
    std::uint64_t whole_from = 1;     ///< every number from here to the highest was sent
    std::uint64_t clean_until = 0;    ///< no decision before this number
    std::uint64_t replay_next = 0;
    std::uint64_t replay_end = 0;
};

/// Packets on their way over paths of different length, in order of arrival.
struct PathState {
    struct Packet {
        std::uint64_t arrival; ///< number + skew of its path
        std::uint64_t number;
    };
    std::array<Packet, kLongestSkew + 2> packets{};
    std::uint32_t count = 0;
    std::uint64_t highest = 0;
};

} // namespace lacuna::pcapgen
