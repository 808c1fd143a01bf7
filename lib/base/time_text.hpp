// Times as people and machines write them.
#pragma once

#include "base/types.hpp"

#include <string>

namespace lacuna {

/// RFC 3339 in UTC with nanoseconds: "2024-01-01T00:00:00.000000000Z". Any TimeNs, negative ones
/// included (years 1677 to 2262).
std::string rfc3339(TimeNs time);

} // namespace lacuna
