// `lacuna query --from`: asked of a fleet's engine instead of a store.
#pragma once

#include "fleet/options.hpp"
#include "query/views.hpp"

#include <optional>
#include <string>

namespace lacuna::app {

/// What is asked.
struct FleetQuestion {
    EngineOptions engine;
    std::string probe;               ///< empty: the only one there is
    std::optional<store::RunId> run; ///< nothing: the latest
    std::string what;                ///< summary, flows, flow, top or gaps
    std::string id;                  ///< of an SA; empty: all
    std::size_t limit = 0;           ///< 0: all
    const flow::Field* by = nullptr; ///< most of it first; null: the worst first
    const flow::Filter* selected = nullptr;
    Format format = Format::table;
};

/// Prints the answer; `shown` as views.hpp says. Errors: of the engine; exit 2 where there is no
/// such probe, run or SA, several probes and none is named, or only a store can tell.
Status ask_fleet(const FleetQuestion& question, bool& shown);

} // namespace lacuna::app
