#include "capture/formats/pcapng_clock.hpp"

#include <algorithm>

namespace lacuna::capture {

namespace {

__extension__ using Wide = __int128;

constexpr std::uint64_t kNanosPerSecond = 1'000'000'000;

std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t v = 1;
    while (exponent-- > 0)
        v *= 10;
    return v;
}

} // namespace

Clock::Clock(std::uint8_t resolution, std::int64_t offset)
    : resolution_(resolution), offset_(offset) {
    // Only a clock that converts by one multiplication has plain stamps.
    if (resolution <= 9 && offset == 0) {
        multiplier_ = power_of_ten(9U - resolution);
        plain_limit_ = static_cast<std::uint64_t>(kLatest) / multiplier_ + 1;
    } else {
        multiplier_ = 0;
        plain_limit_ = 0;
    }
}

TimeNs Clock::convert(std::uint64_t ticks) const {
    const unsigned exponent = resolution_ & 0x7FU;
    Wide ns = 0;
    if ((resolution_ & 0x80U) != 0) {
        // Split, so that the product of the fraction stays within 128 bits for any exponent.
        const std::uint64_t seconds = exponent < 64 ? ticks >> exponent : 0;
        const std::uint64_t fraction = exponent < 64 ? ticks - (seconds << exponent) : ticks;
        const Wide part = static_cast<Wide>(fraction) * static_cast<Wide>(kNanosPerSecond);
        ns = static_cast<Wide>(seconds) * static_cast<Wide>(kNanosPerSecond) + (part >> exponent);
    } else if (exponent <= 9) {
        ns = static_cast<Wide>(ticks) * static_cast<Wide>(power_of_ten(9 - exponent));
    } else {
        // 10^19 still fits 64 bits; beyond, no 64-bit counter reaches a nanosecond.
        ns = exponent - 9 <= 19 ? ticks / power_of_ten(exponent - 9) : 0;
    }
    ns += static_cast<Wide>(offset_) * static_cast<Wide>(kNanosPerSecond);
    return static_cast<TimeNs>(std::clamp<Wide>(ns, kEarliest, kLatest));
}

bool Clock::fine() const {
    const unsigned exponent = resolution_ & 0x7FU;
    // 2^-20 s is the first power of two below a microsecond.
    return (resolution_ & 0x80U) != 0 ? exponent >= 20 : exponent > 6;
}

} // namespace lacuna::capture
