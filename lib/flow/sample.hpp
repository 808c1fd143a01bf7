// What an SA had come to at the end of an interval of packet time: a point of its time series.
#pragma once

#include "wire/observation.hpp"

#include <type_traits>

namespace lacuna::flow {

/// Rates are marked and samples taken at the borders of periods of packet time, which lie at
/// multiples of this since 1970.
inline constexpr TimeNs kPeriod = 5'000'000'000;
inline constexpr std::uint32_t kHourPeriods = 720;

/// The largest multiple of `length` that is not above `time`; what lies below all TimeNs wraps.
inline TimeNs interval_start(TimeNs time, TimeNs length) {
    const TimeNs rest = time % length;
    return static_cast<TimeNs>(static_cast<std::uint64_t>(time)
                               - static_cast<std::uint64_t>(rest < 0 ? rest + length : rest));
}

/// Cumulative figures of a row as SaSummary has them, before the first packet of a later interval.
/// So the figures of an interval are the differences to the sample before, or to zero where the row
/// is younger; a sample that is missing joins two intervals and loses no packet. An interval
/// without packets has none. Trivially copyable; travels through mailboxes.
struct Sample {
    wire::SaIdentity id;
    TimeNs row;   ///< first_time of the row it belongs to
    TimeNs start; ///< of the interval, a multiple of TrackerConfig::sample_periods * kPeriod
    TimeNs next;  ///< time of the packet that ended it
    std::uint64_t received;
    std::uint64_t bytes;
    std::uint64_t lost; ///< falls where late packets arrive
    std::uint64_t lost_blind;
    std::uint64_t late;
    std::uint64_t duplicates;
    std::uint64_t too_old;
    std::uint64_t restarts;
};
static_assert(sizeof(Sample) == 128 && std::is_trivially_copyable_v<Sample>);

} // namespace lacuna::flow
