// All about one SA, for a person.
#pragma once

#include "report/report.hpp"

#include <string>

namespace lacuna::report {

/// Who it is, what became of its numbers in sentences, and its figures with their units. Ends with
/// a line end.
std::string flow_page(const flow::SaSummary& s, const ViewOptions& options);

} // namespace lacuna::report
