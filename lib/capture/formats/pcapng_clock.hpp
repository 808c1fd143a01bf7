// Time stamps of pcapng interfaces: counters in units the interface chooses.
#pragma once

#include "base/types.hpp"

namespace lacuna::capture {

/// Times lie between these (1823 - 2116), so that no difference of two overflows.
inline constexpr TimeNs kEarliest = -(TimeNs{1} << 62);
inline constexpr TimeNs kLatest = (TimeNs{1} << 62) - 1;

/// Turns 64-bit counters into nanoseconds since the epoch, kEarliest and kLatest at most.
class Clock {
public:
    /// Microseconds without offset: the default of an interface.
    Clock() = default;
    /// `resolution`: option if_tsresol (10^-v, or 2^-v with the top bit set); `offset`: option
    /// if_tsoffset, seconds added to each stamp.
    Clock(std::uint8_t resolution, std::int64_t offset);

    TimeNs to_ns(std::uint64_t ticks) const {
        // Every stamp of a decimal clock down to nanoseconds before the year 2116.
        if (ticks < plain_limit_) [[likely]]
            return static_cast<TimeNs>(ticks * multiplier_);
        return convert(ticks);
    }
    /// Finer than microseconds.
    bool fine() const;

private:
    TimeNs convert(std::uint64_t ticks) const;

    std::uint64_t multiplier_ = 1000;
    std::uint64_t plain_limit_ = kLatest / 1000 + 1; ///< from here on: convert()
    std::uint8_t resolution_ = 6;
    std::int64_t offset_ = 0; ///< seconds
};

} // namespace lacuna::capture
