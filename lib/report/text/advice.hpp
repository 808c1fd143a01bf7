// What the figures of a run mean.
#pragma once

#include "report/report.hpp"
#include "report/text/page.hpp"

namespace lacuna::report {

/// A sentence for each thing there is to say.
void add_advice(Page& page, const Report& report);

} // namespace lacuna::report
