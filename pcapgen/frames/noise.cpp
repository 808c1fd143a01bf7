#include "pcapgen/frames/noise.hpp"

#include "pcapgen/prng.hpp"

namespace lacuna::pcapgen {

Noise::Noise(std::uint64_t seed) {
    constexpr std::uint32_t size = kOffsets + kLongest + kSlack;
    octets_ = std::make_unique<std::uint8_t[]>(size);
    text_ = std::make_unique<std::uint8_t[]>(size);
    Prng rng(seed, 0x6E6F697365);
    for (std::uint32_t i = 0; i < size; ++i) {
        octets_[i] = static_cast<std::uint8_t>(rng.next32() >> 24);
        text_[i] = static_cast<std::uint8_t>('a' + rng.below(26));
    }
}

} // namespace lacuna::pcapgen
