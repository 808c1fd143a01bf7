// A cache line of the index: eight entries, all compared at once.
#pragma once

#include "base/types.hpp"

#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace lacuna::flow {

/// Entries of a bucket.
inline constexpr std::size_t kBucketSize = 8;

/// Bit i is set where `v[i]` equals `want`; `v` is aligned to 32 octets. No branch depends on the
/// values.
inline std::uint32_t equal_mask(const std::uint32_t* v, std::uint32_t want) {
#if defined(__AVX2__)
    const __m256i eq = _mm256_cmpeq_epi32(_mm256_load_si256(reinterpret_cast<const __m256i*>(v)),
                                          _mm256_set1_epi32(static_cast<int>(want)));
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(eq)));
#elif defined(__SSE2__)
    const auto four = [w = _mm_set1_epi32(static_cast<int>(want))](const std::uint32_t* p) {
        const __m128i eq = _mm_cmpeq_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(p)), w);
        return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(eq)));
    };
    return four(v) | four(v + 4) << 4;
#else
    std::uint32_t mask = 0;
    for (std::uint32_t i = 0; i < kBucketSize; ++i)
        mask |= static_cast<std::uint32_t>(v[i] == want) << i;
    return mask;
#endif
}

struct alignas(kCacheLine) Bucket {
    std::uint32_t tag[kBucketSize];
    std::uint32_t row[kBucketSize]; ///< row + 1; 0: the entry is free

    std::uint32_t matches(std::uint32_t want) const { return equal_mask(tag, want); }
    /// The free entries; none: what did not fit went on to the next bucket.
    std::uint32_t free() const { return equal_mask(row, 0); }
};
static_assert(sizeof(Bucket) == kCacheLine);

/// Number of the lowest bit that is set.
inline std::size_t first_of(std::uint32_t mask) {
    return static_cast<std::size_t>(std::countr_zero(mask));
}

} // namespace lacuna::flow
