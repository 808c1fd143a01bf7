// Everything the registry of figures reads from, gathered once per question.
#pragma once

#include "store/records/records.hpp"
#include "telemetry/live.hpp"

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
    std::string version;                ///< of lacuna
    std::string dpdk;                   ///< release at work; empty: none
    std::string layout;                 ///< of the pipeline; empty: none
    std::shared_ptr<const Sums> sums;   ///< null: not known yet
    std::optional<double> sums_age_s;   ///< of a run at work
    std::optional<report::Probe> drops; ///< Probe::table_full as of the sums
    std::uint64_t max_flows = 0;        ///< bound of the flow table; 0: not known
    std::vector<LcoreFigures> lcores;
    std::vector<RingFigures> rings;
    std::vector<report::PortFigures> ports;
    std::optional<StoreFigures> store;
    std::optional<ProcessFigures> process;
};

/// Of a run at work. Where a worker does not answer in time the sums are the latest that could be
/// had: metrics of a probe in trouble matter most.
Snapshot take_snapshot(const Live& live, std::string version);

/// Of a stored run. Counters of a run that ended are final; of an open one they are what was stored
/// last.
Snapshot take_snapshot(const store::RunRecord& run, std::optional<StoreFigures> store,
                       std::string version);

} // namespace lacuna::telemetry
