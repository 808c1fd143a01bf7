// A live run's figures: of a moment while it runs, and all of them at its end.
#pragma once

#include "report/report.hpp"
#include "run/ports.hpp"
#include "run/screen.hpp"

namespace lacuna::app {

/// While the loops run.
Moment moment_of(const pipeline::Pipeline& pipe, const telemetry::Live& live);

/// The ports as every view shows them. One thread, as RunPorts::figures().
std::vector<report::PortFigures> port_figures(const RunPorts& ports);

/// After Pipeline::finish().
report::Report report_of(const pipeline::Pipeline& pipe, const RunPorts& ports,
                         const config::RunConfig& config);

} // namespace lacuna::app
