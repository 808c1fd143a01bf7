// Times for people: of the zone they live in, which is named.
#pragma once

#include "base/types.hpp"

#include <string>

namespace lacuna::report {

/// "2026-01-31 13:00:00.000123 CET" with so many digits behind the second (0 to 9), in the zone
/// that the environment names (TZ, else the system's).
std::string local_time(TimeNs time, unsigned digits = 6);

/// "2026-01-31 13:00:00 to 13:05:00 CET": finer the shorter it is, and said once what both share.
std::string local_span(TimeNs from, TimeNs to);

/// From one time to another, which is not before it; both may be any.
double seconds_between(TimeNs from, TimeNs to);

} // namespace lacuna::report
