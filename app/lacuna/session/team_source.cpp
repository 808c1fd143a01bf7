#include "session/team_source.hpp"

#include <algorithm>

namespace lacuna::app {
namespace {

/// A member that waits for the store does not answer.
constexpr std::chrono::milliseconds kPatience{500};

bool ask_team(const analyze::Team& team, store::RunRecord& run) {
    flow::Totals totals;
    std::uint64_t final_lost = 0;
    store::ProbeLoss lost;
    TimeNs earliest = 0;
    TimeNs latest = 0;
    for (flow::RequestSlot* request_slot : team.request_slots()) {
        const auto answer = request_slot->ask({}, kPatience);
        if (!answer) return false;
        const flow::TableSums& table_sums = answer->table_sums;
        totals += table_sums.totals;
        final_lost += table_sums.final_lost;
        lost.table_full += table_sums.table.refused;
        if (table_sums.table.created == 0) continue;
        earliest = earliest == 0 ? table_sums.earliest : std::min(earliest, table_sums.earliest);
        latest = latest == 0 ? table_sums.latest : std::max(latest, table_sums.latest);
    }
    const flow::LcoreCounters& frames = team.frames();
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

store::LiveSource team_source(const analyze::Team& team) {
    store::LiveSource source;
    source.figures = [&team](store::RunRecord& run) { return ask_team(team, run); };
    source.request_slots = team.request_slots();
    return source;
}

} // namespace lacuna::app
