// Packet time in periods of 5 s: where a row's rate is marked and its figures are sampled.
#pragma once

#include "flow/table/sa_state.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::flow {

/// From `from` to `to`, which may lie farther apart than a TimeNs tells; 0 where it lies before.
inline std::uint64_t elapsed(TimeNs from, TimeNs to) {
    return to <= from ? 0 : static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// Number of the period `time` lies in. Periods lie the same for all rows, whenever they began.
inline std::int64_t period_of(TimeNs time) {
    return time / kPeriod - (time % kPeriod < 0 ? 1 : 0);
}

/// First nanosecond of the period `time` lies in.
inline TimeNs period_start(TimeNs time) {
    if (time < std::numeric_limits<TimeNs>::min() + kPeriod) return time;
    return period_of(time) * kPeriod;
}

/// Starts the measurement of the rate anew. A row's period never moves back.
inline void reset_marks(SaState& s, SaRest& rest, TimeNs now) {
    rest.mark_time = now;
    rest.mark_number = rest.prev_number = static_cast<std::uint32_t>(s.highest);
    rest.prev_us = 0;
}

/// A row whose mark lies this far ahead of a packet set it before the clock of its port went back.
inline constexpr std::uint64_t kMarkAhead = 2 * kPeriod;

/// Whether a packet at `now` is the first of a later period than the row's. Where stamps have run
/// backwards the row stays in its own, unless its clock went back. A row whose last packet lies in
/// the period of `now` or later has set its mark there: SaRest is looked at for the others only.
inline bool begins_period(const SaState& s, const SaRest& rest, TimeNs now) {
    return s.last_time < period_start(now)
           && (period_of(now) > period_of(rest.mark_time)
               || elapsed(now, rest.mark_time) > kMarkAhead);
}

/// Sets a mark at the first packet of a period.
inline void move_mark(SaState& s, SaRest& rest, TimeNs now) {
    if (now < rest.mark_time || elapsed(s.last_time, now) > 2 * kPeriod)
        return reset_marks(s, rest, now);
    rest.prev_us = static_cast<std::uint32_t>(
        std::min<TimeNs>((now - rest.mark_time) / 1000, std::numeric_limits<std::uint32_t>::max()));
    rest.prev_number = rest.mark_number;
    rest.mark_number = static_cast<std::uint32_t>(s.highest);
    rest.mark_time = now;
}

} // namespace lacuna::flow
