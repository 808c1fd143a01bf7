// Where the store learns how a living analysis stands.
#pragma once

#include "analyze/team.hpp"
#include "store/write/live_spill.hpp"

namespace lacuna::app {

/// Of `analyze`. The team outlives the source.
store::LiveSource team_source(const analyze::Team& team);

} // namespace lacuna::app
