// Times as people and machines write them.
#pragma once

#include "base/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lacuna {

/// RFC 3339 in UTC with nanoseconds: "2024-01-01T00:00:00.000000000Z". Any TimeNs, negative ones
/// included (years 1677 to 2262).
std::string rfc3339(TimeNs time);
void append_rfc3339(std::string& out, TimeNs time);

/// The reverse: RFC 3339 with any offset, or seconds since the epoch, with a fraction or without.
/// Digits behind the ninth of a fraction are dropped. Nothing if it is neither, or no TimeNs.
std::optional<TimeNs> parse_time(std::string_view text);

} // namespace lacuna
