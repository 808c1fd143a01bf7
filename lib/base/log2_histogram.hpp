// Histograms by powers of two.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace lacuna {

/// Bucket k counts values v with 2^k <= v < 2^(k+1), the last one everything from 2^16 on.
inline constexpr std::size_t kLog2Buckets = 17;
using Log2Histogram = std::uint64_t[kLog2Buckets];

/// The bucket of `v`; v = 0 shares the first one.
constexpr std::size_t log2_bucket(std::uint64_t v) {
    const auto k = static_cast<std::size_t>(std::bit_width(v | 1) - 1);
    return k < kLog2Buckets ? k : kLog2Buckets - 1;
}

} // namespace lacuna
