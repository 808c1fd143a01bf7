// The generator's own source of randomness: the same seed gives the same numbers on every machine,
// compiler and library, which std:: distributions do not promise.
#pragma once

#include <bit>
#include <cstdint>

namespace lacuna::pcapgen {

/// A probability in units of 2^-32: 0 never, 2^32 always. Compared with 32 random bits, so that no
/// decision depends on floating point.
using Chance = std::uint64_t;
inline constexpr Chance kAlways = std::uint64_t{1} << 32;

/// Inclusive on both ends.
struct Range {
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    bool operator==(const Range&) const = default;
};

/// SplitMix64 (Steele, Lea, Flood 2014): spreads a seed over the state of another generator.
class SplitMix64 {
public:
    explicit constexpr SplitMix64(std::uint64_t seed) : state_(seed) {}
    constexpr std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

/// xoshiro256++ 1.0 (Blackman, Vigna 2019). Not for secrets. Not thread-safe.
class Prng {
public:
    /// Streams of the same seed are independent of each other.
    constexpr Prng(std::uint64_t seed, std::uint64_t stream) {
        SplitMix64 spread(seed ^ (stream * 0xD1342543DE82EF95u));
        for (auto& word : s_)
            word = spread.next();
    }
    /// A known state, not all zero; for test vectors.
    constexpr Prng(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d)
        : s_{a, b, c, d} {}

    constexpr std::uint64_t next() {
        const std::uint64_t result = std::rotl(s_[0] + s_[3], 23) + s_[0];
        const std::uint64_t t = s_[1] << 17;
        s_[2] ^= s_[0];
        s_[3] ^= s_[1];
        s_[1] ^= s_[2];
        s_[0] ^= s_[3];
        s_[2] ^= t;
        s_[3] = std::rotl(s_[3], 45);
        return result;
    }
    constexpr std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32); }
    /// 0 .. n-1, n >= 1. Biased by at most n / 2^32.
    constexpr std::uint32_t below(std::uint32_t n) {
        return static_cast<std::uint32_t>((std::uint64_t{next32()} * n) >> 32);
    }
    constexpr std::uint32_t in(Range r) {
        return r.min
               + static_cast<std::uint32_t>(
                   (std::uint64_t{next32()} * (std::uint64_t{r.max} - r.min + 1)) >> 32);
    }
    constexpr bool happens(Chance p) { return next32() < p; }

private:
    std::uint64_t s_[4] = {};
};

/// A permutation of the 2^bits values below 2^bits, chosen by `key`: gives identities that look
/// random and never collide. 8 <= bits <= 48, x < 2^bits.
constexpr std::uint64_t permute(std::uint64_t x, unsigned bits, std::uint64_t key) {
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    SplitMix64 keys(key);
    for (int round = 0; round < 3; ++round) {
        x = (x + keys.next()) & mask;
        x = (x * (keys.next() | 1)) & mask;
        x ^= x >> (bits / 2);
    }
    return x;
}

} // namespace lacuna::pcapgen
