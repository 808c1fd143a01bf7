// A live run's figures: of a moment while it runs, and what is said of them at its end.
#pragma once

#include "report/report.hpp"
#include "run/options.hpp"
#include "run/screen/screen.hpp"

namespace lacuna::app {

/// While the loops run; `rows`: with Moment::rows.
Moment moment_of(const pipeline::Pipeline& pipe, const telemetry::LiveView& live,
                 bool rows = false);

/// What cannot be known of the run. `unaccounted` as RunPorts::unaccounted().
void add_notes(report::Report& report, std::uint64_t unaccounted, const RunOptions& options);

/// What came of taking up the run that ended at `since`, as its trackers tell once they have ended.
void add_taken_up(report::Report& report, const std::vector<const flow::Tracker*>& trackers,
                  TimeNs since);

} // namespace lacuna::app
