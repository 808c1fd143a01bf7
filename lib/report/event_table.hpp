// Restarts, rekeys and exhaustion warnings for a person.
#pragma once

#include "report/report.hpp"

#include <string>

namespace lacuna::report {

/// A heading and the first `limit` of them, a line each; empty if there were none.
std::string event_table(const Report& report, std::size_t limit);

} // namespace lacuna::report
