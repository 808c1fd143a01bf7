// Streams whose header proves nothing: believed once their numbers go up. Private to lib/flow.
#pragma once

#include "base/reserved.hpp"
#include "wire/observation.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace lacuna::flow {

/// A stream is believed at this packet, each a step above the one before, ...
inline constexpr std::uint32_t kBeliefPackets = 8;
/// ... or, of RTP, at this one, if each has the number behind the one before (RFC 3550 A.1) ...
inline constexpr std::uint32_t kBeliefInARow = 3;
/// ... of so many numbers at most; as many below, a packet is late or comes again and waits, too.
inline constexpr std::int64_t kBeliefStep = 16;
/// A packet later than this after the one before it begins the trial anew.
inline constexpr TimeNs kBeliefPause = 2'000'000'000;

/// Streams on trial of one tracker: a bounded set-associative table, whose memory is touched only
/// where there are some. One owner.
class StreamTrials {
public:
    /// False: no memory.
    bool reserve();

    /// Takes a packet on trial. Once its stream is believed: all its packets so far in order, valid
    /// until the next call; else nothing.
    std::span<const wire::Observation> take(const wire::Observation& o);

private:
    static constexpr std::size_t kSets = 256;
    static constexpr std::size_t kWays = 4;
    static constexpr std::size_t kKept = 16;

    struct Stream {
        std::uint32_t count = 0; ///< packets kept; 0: free
        std::uint32_t steps = 0;
        std::uint32_t in_a_row = 0;
        std::uint32_t highest = 0;
        std::array<wire::Observation, kKept> kept;
    };
    using Set = std::array<Stream, kWays>;

    static void begin(Stream& stream, const wire::Observation& o);

    Reserved memory_;
    Set* sets_ = nullptr;
};

} // namespace lacuna::flow
