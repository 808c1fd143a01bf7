// The ports of a live run, as reports show them.
#pragma once

#include "report/report.hpp"

namespace lacuna::report {

/// Appends `[{"name":...,"driver":...,"received":...,"missed":...,"nombuf":...,"granted":[...],
/// "steering":{...}}]`; "steering" only where an XDP program steers.
void append_ports_json(std::string& out, const std::vector<PortFigures>& ports);

/// A line per port; empty where there are none.
std::string port_lines(const std::vector<PortFigures>& ports);

} // namespace lacuna::report
