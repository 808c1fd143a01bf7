// What the model is made of: its constants, a packet, and the figures it gives. The model says what
// doc/semantics.md says about whole inputs, with lists and sets and with hindsight. It is slow,
// forgets nothing, and shares no line with lib/seq or lib/flow.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace model {

inline constexpr std::int64_t kStep = 16;        ///< a packet this far above follows the one before
inline constexpr std::int64_t kShortJump = 1024; ///< a jump that needs no confirmation
inline constexpr std::int64_t kFar = 65536;      ///< a jump, or a move, that one packet confirms
inline constexpr std::int64_t kWait = 1024;      ///< packets of the identity a branch waits for
inline constexpr std::int64_t kMany = 64;        ///< packets that make a counter
inline constexpr std::int64_t kFew = 8;          ///< the same at the end of the input
inline constexpr std::int64_t kRun = 3;          ///< steps in a run that begin a branch
inline constexpr std::size_t kRoom = 16;  ///< counters of an identity, sources of a counter, runs
inline constexpr std::uint32_t kLow = 64; ///< a counter that begins again begins up to here

/// The distance from `from` up to `to` modulo 2^32; exactly 2^31 counts backwards.
std::int64_t distance(std::uint32_t to, std::int64_t from);

/// When the probe itself lost packets.
struct Drops {
    std::int64_t from;
    std::int64_t to;
};

struct Packet {
    std::int64_t order;                        ///< among the packets of its identity, from 0
    std::uint32_t number;                      ///< as on the wire
    int source;                                ///< which address it came from
    std::int64_t time;                         ///< ns
    const std::vector<Drops>* drops = nullptr; ///< when the probe itself lost packets ...
    std::size_t drops_known = 0;               ///< ... so many times before this one
    bool confirmed = false;                    ///< a far jump to it was believed
    bool outlier = false;                      ///< it was not: set by the walk
};

/// How much a counter remembers below its highest number.
struct Memory {
    std::int64_t first = 1024; ///< at the beginning
    std::int64_t most = 8192;  ///< it doubles up to here; the same as `first`: it never grows
};

/// Missing numbers [first, next).
struct Run {
    std::int64_t first;
    std::int64_t next;
    std::int64_t time; ///< of the packet that revealed it
    bool blind;
    bool closed; ///< has left the memory
    friend bool operator==(const Run&, const Run&) = default;
};

using Histogram = std::map<int, std::uint64_t>; ///< by powers of two

/// Figures of a counter, or sums over several.
struct Figures {
    std::uint64_t received = 0, lost = 0, lost_blind = 0, gaps = 0, max_gap = 0, duplicates = 0,
                  late = 0, max_late_extent = 0, too_old = 0, before_first = 0, outliers = 0,
                  restarts = 0;
    std::uint64_t behind = 0; ///< too old, before first, or a duplicate more than kStep behind
    Histogram late_extents, too_old_extents, loss_periods, loss_distances;
    std::vector<Run> runs;
    std::vector<std::int64_t> late_list, too_old_list; ///< extents

    void add(const Figures& other);
    /// A quarter or more of what is no outlier came behind: the loss is not to be believed.
    bool interleaved() const { return 4 * behind >= received - outliers && received != outliers; }
};

} // namespace model
