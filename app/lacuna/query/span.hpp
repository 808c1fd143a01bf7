// --since and --until of `lacuna query`.
#pragma once

#include "base/result.hpp"
#include "store/records/records.hpp"

#include <limits>

namespace lacuna::app {

/// Packet times since <= t < until.
struct TimeSpan {
    TimeNs since = std::numeric_limits<TimeNs>::min();
    TimeNs until = std::numeric_limits<TimeNs>::max();

    bool bounded() const {
        return since != std::numeric_limits<TimeNs>::min()
               || until != std::numeric_limits<TimeNs>::max();
    }
    bool holds(TimeNs t) const { return t >= since && t < until; }
};

/// Each text is empty, RFC 3339, seconds since 1970, a date with or without a time of day, or a
/// time of day ("12:00": the last one before the latest packet) in the local zone, or a time with
/// its unit ("10m", "2h"): so long before the latest packet of the run. Errors (exit 2): it is none
/// of them, or nothing lies between them.
Result<TimeSpan> time_span(const std::string& since, const std::string& until,
                           const store::RunRecord& run);

} // namespace lacuna::app
