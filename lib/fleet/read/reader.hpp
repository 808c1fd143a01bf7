// What the engine of a fleet knows, as a store of a probe would tell it.
#pragma once

#include "fleet/engine/engine.hpp"
#include "report/rows.hpp"
#include "store/records/records.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lacuna::fleet {

/// A run of some probe.
struct FleetRun {
    std::string probe;
    std::string store; ///< identity of the store it is in
    store::RunRecord run;
};

/// Asks, and keeps nothing. Errors of all: as Failure::error() says; exit 2 for a damaged record.
class FleetReader {
public:
    explicit FleetReader(Engine& engine) : engine_(engine) {}

    /// The latest run of each probe, or its run `number`, by the probes' names; `probe` empty: of
    /// all of them.
    Result<std::vector<FleetRun>> runs(const std::string& probe,
                                       std::optional<store::RunId> number) const;

    /// The summary of each row of a run, in the order of its store. `sa`: the text id of an SA, for
    /// all counters of its identity; empty: all.
    Status each_summary(const FleetRun& run, const std::string& sa,
                        const std::function<bool(const flow::SaSummary&)>& fn) const;
    /// The runs of missing numbers, row by row, computed by the engine.
    Status each_gap(const FleetRun& run, const std::string& sa,
                    const std::function<bool(const flow::Gap&)>& fn) const;
    /// EventKind::moved, by time.
    Result<std::vector<flow::Event>> moves(const FleetRun& run) const;

private:
    Status each(const std::string& sql,
                const std::function<bool(std::vector<std::string>&)>& fn) const;
    Error damaged() const;

    Engine& engine_;
};

} // namespace lacuna::fleet
