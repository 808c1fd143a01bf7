// Everything the registry of figures reads from, gathered once per question.
#pragma once

#include "store/records/records.hpp"
#include "telemetry/live_view.hpp"

namespace lacuna::telemetry {

/// This process, as the kernel counts.
struct ProcessFigures {
    double cpu_s = 0;     ///< user and system time of all threads
    double started_s = 0; ///< since the Unix epoch
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_fds = 0;
    std::uint64_t max_fds = 0;
    std::uint64_t threads = 0;
};

/// Reads /proc/self; what cannot be read stays zero.
ProcessFigures process_figures();

/// What is not known is absent, and so are the figures made of it.
struct Snapshot {
    std::string version;                         ///< of lacuna
    std::string dpdk;                            ///< release at work; empty: none
    std::string layout;                          ///< of the pipeline; empty: none
    std::shared_ptr<const flow::RunFigures> run; ///< null: not known yet
    std::optional<double> age_s;                 ///< of `run`, where it is at work
    std::optional<flow::ProbeLoss> lost;         ///< now; ProbeLoss::table_full as of `run`
    std::uint64_t max_flows = 0;                 ///< bound of the flow table; 0: not known
    std::vector<LcoreFigures> lcores;
    std::vector<RingFigures> rings;
    std::vector<flow::PortFigures> ports;
    std::optional<store::StoreFigures> store;
    std::optional<ProcessFigures> process;
};

/// Of a run at work. Where a worker does not answer in time the figures are the latest that could
/// be had: metrics of a probe in trouble matter most.
Snapshot take_snapshot(const LiveView& live, std::string version);

/// Of a stored run. Counters of a run that ended are final; of an open one they are what was stored
/// last.
Snapshot take_snapshot(const store::RunRecord& run, std::optional<store::StoreFigures> store,
                       std::string version);

} // namespace lacuna::telemetry
