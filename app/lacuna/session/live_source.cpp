#include "session/live_source.hpp"

namespace lacuna::app {
namespace {

bool ask_pipeline(const telemetry::Live& live, store::RunRecord& run) {
    const auto answer = live.sums();
    if (!answer) return false;
    const telemetry::Sums& s = **answer;
    run.offered = s.offered();
    run.take_classes([&s](wire::FrameClass c) { return s.of(c); });
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

} // namespace

store::LiveSource live_source(const telemetry::Live& live, const pipeline::Pipeline& pipe) {
    store::LiveSource source;
    source.figures = [&live](store::RunRecord& run) { return ask_pipeline(live, run); };
    for (std::size_t i = 0; i < pipe.config().layout.trackers(); ++i)
        source.request_slots.push_back(&pipe.request_slot(i));
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
