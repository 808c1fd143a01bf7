// What shall go wrong with the numbers of an SA, and how often.
#pragma once

#include "pcapgen/prng.hpp"

#include <vector>

namespace lacuna::pcapgen {

/// Longest run of numbers skipped at once: a tracker takes a farther jump for an outlier.
inline constexpr std::uint32_t kLongestGap = 65535;
/// Farthest a packet is held back, below the default reorder memory of a tracker.
inline constexpr std::uint32_t kLongestReorder = 1000;
/// Skews of paths stay within the smallest reorder memory.
inline constexpr std::uint32_t kLongestSkew = 63;
/// From here on a 32-bit counter is warned of.
inline constexpr std::uint64_t kExhaustionLine = 0xC0000000;

/// Chances are per number sent. Their sum is at most kAlways.
struct Impairments {
    Chance gap = 0;
    Range gap_size{2, 20};
    Chance reorder = 0;
    Range reorder_extent{1, 8}; ///< packets of the SA that overtake
    Chance duplicate = 0;
    Range duplicate_distance{0, 3}; ///< packets of the SA between
    Chance outlier = 0;             ///< a forged number far ahead

    /// Gilbert-Elliott: two states, loss only in the bad one (unless burst_loss is less than
    /// always, then fewer there).
    Chance burst_enter = 0;
    Chance burst_leave = 0;
    Chance burst_loss = kAlways;

    /// Every packet takes one of these paths at random and is late by so many packets of its SA.
    std::vector<std::uint32_t> skews;

    Chance replay = 0; ///< a recorded stretch is sent again beside the live sender
    Range replay_length{50, 200};
    Range replay_back{300, 3000}; ///< how far behind the highest number the stretch starts

    Chance restart = 0; ///< the sender begins again
    std::uint32_t restart_at = 1;

    std::uint32_t window = 1024; ///< reorder memory of the tracker the truth is for
    bool watch_exhaustion = false;

    /// Whether anything needs more than the common state of an SA.
    bool special() const {
        return outlier != 0 || burst_enter != 0 || !skews.empty() || replay != 0 || restart != 0
               || watch_exhaustion;
    }
};

} // namespace lacuna::pcapgen
