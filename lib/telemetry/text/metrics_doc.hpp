// doc/metrics.md, from the registry.
#pragma once

#include <string>

namespace lacuna::telemetry {

/// The whole page in Markdown.
std::string metrics_doc();

} // namespace lacuna::telemetry
