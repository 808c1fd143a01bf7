// The ports of a live run, as reports show them.
#pragma once

#include "flow/figures/run_figures.hpp"

namespace lacuna::report {

/// Appends `[{"name":...,"driver":...,"received":...,"missed":...,"nombuf":...,"granted":[...],
/// "steering":{...}}]`; "steering" only where an XDP program steers.
void append_ports_json(std::string& out, const std::vector<flow::PortFigures>& ports);

/// A line per port; empty where there are none.
std::string port_lines(const std::vector<flow::PortFigures>& ports);

} // namespace lacuna::report
