// What a receiver's anti-replay window would have done to the packets seen.
#pragma once

#include "base/log2_histogram.hpp"

#include <optional>

namespace lacuna::flow {

/// The windows advice is given for: 32, 64, ... 65,536.
inline constexpr std::size_t kFirstWindowLog2 = 5;
inline constexpr std::size_t kWindows = kLog2Buckets - kFirstWindowLog2;

/// Packets a receiver would have dropped, by window: those with an extent of at least the window.
/// RFC 4303 3.4.3: a window of N reaches down to highest - N + 1; IEEE 802.1AE-2018 10.6.2: PN <
/// next PN - window is late. Duplicates are never part of it. Those that came too late to tell
/// whether they were seen may be copies: they count where it says "at most".
struct ReplayWindow {
    std::uint64_t dropped_at[kWindows]; ///< [i]: `late` ones at window 2^(kFirstWindowLog2 + i)
    std::uint64_t at_most[kWindows];    ///< too old ones as well
    std::uint64_t out_of_order;         ///< dropped at window 0 (MACsec): strict order
    std::uint64_t at_most_out_of_order;
    std::optional<std::uint32_t> needed; ///< smallest listed window that drops no late packet; 0:
                                         ///< nothing was late; empty: none is enough

    /// Too old ones leave open whether `needed` is enough.
    bool open() const { return at_most_out_of_order != out_of_order; }
};

/// From the extents of late and of too-old packets.
constexpr ReplayWindow replay_window(const Log2Histogram& late, const Log2Histogram& too_old) {
    ReplayWindow w{};
    std::uint64_t sum = 0;
    std::uint64_t most = 0;
    for (std::size_t k = kLog2Buckets; k-- > 0;) {
        sum += late[k];
        most += late[k] + too_old[k];
        if (k < kFirstWindowLog2) continue;
        w.dropped_at[k - kFirstWindowLog2] = sum;
        w.at_most[k - kFirstWindowLog2] = most;
    }
    w.out_of_order = sum;
    w.at_most_out_of_order = most;
    if (sum == 0) {
        w.needed = 0;
        return w;
    }
    for (std::size_t i = 0; i < kWindows && !w.needed; ++i)
        if (w.dropped_at[i] == 0) w.needed = 1u << (kFirstWindowLog2 + i);
    return w;
}

} // namespace lacuna::flow
