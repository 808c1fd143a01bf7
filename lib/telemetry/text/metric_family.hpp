// Figures with their samples and labels, as both text formats need them. Private to lib/telemetry.
#pragma once

#include "telemetry/figures/registry.hpp"

#include <prometheus/metric_family.h>

namespace lacuna::telemetry {

/// A figure of the registry, read.
struct Family {
    const Figure* figure;
    prometheus::MetricFamily samples;
};

/// All that have a metric and at least one sample. `table` outlives the families.
std::vector<Family> read_families(const std::vector<Figure>& table, const Snapshot& from);

/// OpenMetrics 1.0 of `families`, the end mark included.
std::string open_metrics(const std::vector<Family>& families);

} // namespace lacuna::telemetry
