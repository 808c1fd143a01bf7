// Where the store learns how a living analysis stands.
#pragma once

#include "analyze_team.hpp"
#include "store/live_spill.hpp"

namespace lacuna::app {

/// Of `analyze`. The team outlives the source.
store::LiveSource team_source(const AnalyzeTeam& team);

} // namespace lacuna::app
