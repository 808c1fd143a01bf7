#include "team_source.hpp"

#include <algorithm>

namespace lacuna::app {
namespace {

/// A member that waits for the store does not answer.
constexpr std::chrono::milliseconds kPatience{500};

bool ask_team(const AnalyzeTeam& team, store::RunRecord& run) {
    flow::Totals totals;
    std::uint64_t final_lost = 0;
    store::ProbeLoss lost;
    TimeNs earliest = 0;
    TimeNs latest = 0;
    for (flow::Desk* desk : team.desks()) {
        const auto answer = desk->ask({}, kPatience);
        if (!answer) return false;
        const flow::Census& census = answer->census;
        totals += census.totals;
        final_lost += census.final_lost;
        lost.table_full += census.table.refused;
        if (census.table.created == 0) continue;
        earliest = earliest == 0 ? census.earliest : std::min(earliest, census.earliest);
        latest = latest == 0 ? census.latest : std::max(latest, census.latest);
    }
    const pipeline::LcoreCounters& frames = team.frames();
    run.take_classes([&frames](wire::FrameClass c) {
        return frames.classes[static_cast<std::size_t>(c)].get();
    });
    run.offered = run.macsec + run.esp + run.ah + run.other + run.malformed;
    run.bytes = frames.bytes.get();
    run.totals = totals;
    run.final_lost = final_lost;
    run.probe = lost;
    run.earliest = earliest;
    run.latest = latest;
    return true;
}

} // namespace

store::LiveSource team_source(const AnalyzeTeam& team) {
    store::LiveSource source;
    source.figures = [&team](store::RunRecord& run) { return ask_team(team, run); };
    source.desks = team.desks();
    return source;
}

} // namespace lacuna::app
