// What the figures of a run mean.
#pragma once

#include "report/report.hpp"

namespace lacuna::report {

/// A sentence for each thing there is to say beside the verdict, a line each, which is broken at so
/// many columns. Empty: there is nothing to say.
std::string advice_text(const Report& report, std::size_t columns);

} // namespace lacuna::report
