// What a receiver's anti-replay window would have done to the packets seen.
#pragma once

#include "base/log2_histogram.hpp"

#include <optional>

namespace lacuna::flow {

/// The windows advice is given for: 32, 64, ... 65,536.
inline constexpr std::size_t kFirstWindowLog2 = 5;
inline constexpr std::size_t kWindows = kLog2Buckets - kFirstWindowLog2;

/// Genuine packets a receiver would have dropped, by window: `late` and `too_old` ones with an
/// extent of at least the window. RFC 4303 3.4.3: a window of N reaches down to highest - N + 1;
/// IEEE 802.1AE-2018 10.6.2: PN < next PN - window is late. Duplicates are never part of it.
struct ReplayWindow {
    std::uint64_t dropped_at[kWindows];  ///< [i]: window 2^(kFirstWindowLog2 + i)
    std::uint64_t out_of_order;          ///< dropped at window 0 (MACsec): strict order
    std::optional<std::uint32_t> needed; ///< smallest listed window that drops none; 0: nothing was
                                         ///< late; empty: none is enough
};

/// From the extents of late and of too-old packets.
constexpr ReplayWindow replay_window(const Log2Histogram& late, const Log2Histogram& too_old) {
    ReplayWindow w{};
    std::uint64_t sum = 0;
    for (std::size_t k = kLog2Buckets; k-- > 0;) {
        sum += late[k] + too_old[k];
        if (k >= kFirstWindowLog2) w.dropped_at[k - kFirstWindowLog2] = sum;
    }
    w.out_of_order = sum;
    if (sum == 0) {
        w.needed = 0;
        return w;
    }
    for (std::size_t i = 0; i < kWindows && !w.needed; ++i)
        if (w.dropped_at[i] == 0) w.needed = 1u << (kFirstWindowLog2 + i);
    return w;
}

} // namespace lacuna::flow
