// The ports of a live run, as reports show them.
#pragma once

#include "base/json_writer.hpp"
#include "flow/figures/run_figures.hpp"

namespace lacuna::report {

/// Writes `[{"name":...,"driver":...,"received":...,"missed":...,"nombuf":...,"granted":[...],
/// "steering":{...}}]`; "steering" only where an XDP program steers.
void write_ports(JsonWriter& json, const std::vector<flow::PortFigures>& ports);

/// A line per port; empty where there are none.
std::string port_lines(const std::vector<flow::PortFigures>& ports);

} // namespace lacuna::report
