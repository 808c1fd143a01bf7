// Packet time in periods of 5 s: where a row's rate is marked and its figures are sampled.
#pragma once

#include "flow/table/sa_state.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::flow {

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

/// Whether a packet at `now` is the first of a later period than the row's. Where time has run
/// backwards the row stays in its own. A row whose last packet lies in the period of `now` or later
/// has set its mark there: SaRest is looked at for the others only.
inline bool begins_period(const SaState& s, const SaRest& rest, TimeNs now) {
    return s.last_time < period_start(now) && period_of(now) > period_of(rest.mark_time);
}

/// Sets a mark at the first packet of a period.
inline void move_mark(SaState& s, SaRest& rest, TimeNs now) {
    if (now - s.last_time > 2 * kPeriod) return reset_marks(s, rest, now);
    rest.prev_us = static_cast<std::uint32_t>(
        std::min<TimeNs>((now - rest.mark_time) / 1000, std::numeric_limits<std::uint32_t>::max()));
    rest.prev_number = rest.mark_number;
    rest.mark_number = static_cast<std::uint32_t>(s.highest);
    rest.mark_time = now;
}

} // namespace lacuna::flow
