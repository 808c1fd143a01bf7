#include "live_source.hpp"

#include <algorithm>

namespace lacuna::app {
namespace {

using wire::FrameClass;

/// A member that waits for the store does not answer.
constexpr std::chrono::milliseconds kPatience{500};

bool ask_pipeline(const telemetry::Live& live, store::RunRecord& run) {
    const auto answer = live.sums();
    if (!answer) return false;
    const telemetry::Sums& s = **answer;
    run.offered = s.offered();
    run.macsec = s.of(FrameClass::macsec);
    run.esp = s.of(FrameClass::esp);
    run.ah = s.of(FrameClass::ah);
    run.other = s.of(FrameClass::other);
    run.malformed = s.of(FrameClass::malformed);
    run.dropped = s.dropped;
    run.bytes = s.bytes;
    run.totals = s.totals;
    run.final_lost = s.final_lost;
    const report::Probe lost = live.frame_drops();
    run.probe = {lost.rx_missed, lost.rx_nombuf, lost.ring_full, s.table.refused};
    run.earliest = s.earliest;
    run.latest = s.latest;
    return true;
}

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
    const auto of = [&frames](FrameClass c) {
        return frames.classes[static_cast<std::size_t>(c)].get();
    };
    run.macsec = of(FrameClass::macsec);
    run.esp = of(FrameClass::esp);
    run.ah = of(FrameClass::ah);
    run.other = of(FrameClass::other);
    run.malformed = of(FrameClass::malformed);
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

store::LiveSource live_source(const telemetry::Live& live, const pipeline::Pipeline& pipe) {
    store::LiveSource source;
    source.figures = [&live](store::RunRecord& run) { return ask_pipeline(live, run); };
    for (std::size_t i = 0; i < pipe.config().layout.trackers(); ++i)
        source.desks.push_back(&pipe.desk(i));
    return source;
}

store::LiveSource live_source(const AnalyzeTeam& team) {
    store::LiveSource source;
    source.figures = [&team](store::RunRecord& run) { return ask_team(team, run); };
    source.desks = team.desks();
    return source;
}

telemetry::StoreFigures store_figures(const Recorder& recorder) {
    const auto now = recorder.figures();
    telemetry::StoreFigures f;
    if (!now) return f;
    f.bytes = now->size;
    f.stored = now->stored;
    f.not_stored = now->not_stored;
    f.lag_s = static_cast<double>(now->lag) / 1e9;
    f.failing = now->failing;
    return f;
}

} // namespace lacuna::app
