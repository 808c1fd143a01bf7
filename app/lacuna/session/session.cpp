#include "session/session.hpp"

namespace lacuna::app {
namespace {

/// Events each tracker remembers for questions about single holes.
constexpr std::uint32_t kRecentEvents = 1u << 15;

store::RunWatch watch_of(const telemetry::LiveView& live, const pipeline::Pipeline& pipe) {
    store::RunWatch watch;
    watch.figures = [&live]() -> Result<flow::RunFigures> {
        const auto now = live.figures();
        if (!now) return now.error();
        return **now;
    };
    watch.request_slots = pipe.workers().request_slots;
    return watch;
}

} // namespace

Session::Session(const CommonOptions& options, std::unique_ptr<Recorder> recorder)
    : options_(options), recorder_(std::move(recorder)) {}

Status Session::open(pipeline::PipelineConfig config, pipeline::Input input,
                     const std::atomic<bool>& stop, const Views& views) {
    config.tracker = options_.tracker;
    config.decoding = options_.decoding;
    config.tracker.recent_events = kRecentEvents;
    config.mailboxes = recorder_->start(config.layout.trackers());
    budget_.emplace(config.tracker.max_flows, config.layout.trackers());
    if (config.tracker.live && !budget_->watch_peers(config.tracker.max_flows))
        return Error{"no memory for the flow table", "", "ask for fewer flows (--max-flows)", 1};
    auto pipe = pipeline::Pipeline::create(std::move(config), std::move(input), *budget_, stop);
    if (!pipe) return pipe.error();
    pipe_ = std::move(*pipe);

    telemetry::Providers providers;
    providers.ports = views.ports;
    if (!options_.db.empty())
        providers.store = [this] { return recorder_->figures().value_or(store::StoreFigures{}); };
    telemetry::LiveOptions live_options;
    live_options.esn = options_.view.esn;
    live_options.xpn = options_.view.xpn;
    live_options.worst = views.flows;
    live_ = std::make_unique<telemetry::LiveView>(*pipe_, std::move(providers), live_options);
    following_ = recorder_->follow(watch_of(*live_, *pipe_));

    auto socket = telemetry::Socket::serve(*live_);
    if (!socket) return socket.error();
    socket_ = std::move(*socket);
    if (views.http.listen.empty()) return {};
    auto server = LiveServer::start(views.http, *live_, recorder_->run(), options_.db);
    if (!server) return server.error();
    server_ = std::move(*server);
    return {};
}

void Session::take_up(std::vector<flow::LeftBehind> left) {
    left_behind_ = std::move(left);
    pipe_->take_up(left_behind_);
}

Result<report::Report> Session::report() const {
    auto figures = live_->gather();
    if (!figures) return figures.error();
    report::Report r;
    r.figures = std::move(*figures);
    r.figures.end(*pipe_->frame_counts());
    r.rows = flow::HeldRows(pipe_->trackers());
    r.judge_silence(live_->quiet_at_end(r.figures), options_.tracker.silent_after);
    return r;
}

} // namespace lacuna::app
