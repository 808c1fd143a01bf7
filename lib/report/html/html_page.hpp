// A report to hand on: one page that needs nothing else, on a screen or on paper.
#pragma once

#include "report/report.hpp"

#include <cstdio>

namespace lacuna::report {

/// Writes HTML with its style and its drawings (SVG) inside: no script, no request. Names and paths
/// are escaped. Lists are bounded, and say so. The timeline is made of Report::events. False: `out`
/// could not be written.
bool write_html(std::FILE* out, const Report& report, const ViewOptions& options);

} // namespace lacuna::report
