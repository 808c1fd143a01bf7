// lacuna replay: a capture through the production pipeline.
#include "capture/windows/guard.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "port/eal.hpp"
#include "record/stored_recorder.hpp"
#include "replay/input.hpp"
#include "replay/options.hpp"
#include "session/live_source.hpp"
#include "session/live_view.hpp"

#include <chrono>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration d) {
    return std::chrono::duration<double>(d).count();
}

struct Replay {
    ReplayOptions options;

    int run();

private:
    int run_on_eal();
    Status move_packets();
    Status fill_report(const pipeline::Pipeline& pipe);
    void say(const std::string& line) const {
        if (!options.common.quiet) remark(line);
    }

    ReplayInput input_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<flow::FlowBudget> budget_;
    std::unique_ptr<pipeline::Pipeline> pipe_;
    std::unique_ptr<telemetry::Live> live_; ///< of `pipe_`; answers until the report is out
    std::unique_ptr<telemetry::Socket> socket_;
    std::unique_ptr<LiveServer> server_; ///< of `live_`
    report::Report report_;
    Clock::duration checking_{}; ///< time spent on the files before EAL came up
};

int Replay::run() {
    if (Status s = options.check(); !s) return fail(s.error());
    capture::guard_mapped_files();
    const auto start = Clock::now();
    if (Status s = input_.check(options); !s) return fail(s.error());
    checking_ = Clock::now() - start;

    port::EalOptions eal_options;
    eal_options.user = options.eal;
    eal_options.telemetry = true;
    eal_options.lcores = options.layout.lcores();
    const auto eal = port::Eal::start(eal_options);
    if (!eal) return fail(eal.error());
    if (!(*eal)->memory_note().empty()) say((*eal)->memory_note());
    if (!(*eal)->telemetry_prefix().empty())
        say("telemetry: dpdk-telemetry.py -f " + (*eal)->telemetry_prefix());
    if (!options.layout.reason.empty())
        say(fmt::format("layout {} ({})", options.layout.text(), options.layout.reason));
    const int status = run_on_eal();
    // Buffers and rings live in EAL's memory: they go before it does.
    socket_.reset();
    server_.reset();
    if (recorder_) recorder_->unfollow();
    live_.reset();
    pipe_.reset();
    input_ = ReplayInput();
    return status;
}

int Replay::run_on_eal() {
    if (Status s = pipeline::check_lcores(options.layout); !s) return fail(s.error());
    recorder_ = open_recorder(options.common, "replay", options.files);

    if (Status s = move_packets(); !s) return fail(s.error());
    if (Status s = fill_report(*pipe_); !s) return fail(s.error());
    const Status stored = recorder_->finish(report_);
    report_.timing.wall_s = process_age_s();
    show_remarks(*recorder_, options.common);
    for (const report::Truncation& cut : report_.truncated)
        say(fmt::format("{}: truncated at offset {} ({}); all whole packets before it were "
                        "analysed",
                        cut.path, cut.offset, cut.reason));
    const int shown = show(report_, options.common);
    return stored ? shown : fail(stored.error());
}

/// Runs the pipeline from the first packet to the last verdict.
Status Replay::move_packets() {
    const std::atomic<bool>& interrupted = watch_interrupts();
    pipeline::PipelineConfig config;
    config.layout = options.layout;
    config.pace = options.pace;
    config.tracker = options.common.tracker;
    config.tracker.recent_events = kRecentEvents;
    config.mailboxes = recorder_->start(options.layout.trackers());

    budget_ = std::make_unique<flow::FlowBudget>(options.common.tracker.max_flows);
    if (Status s = input_.prepare(config); !s) return s;
    if (Status s = recorder_->opened(); !s) return s;
    const auto start = Clock::now();
    if (Status s = input_.open(); !s) return s;
    auto pipe =
        pipeline::Pipeline::create(std::move(config), input_.input(), *budget_, interrupted);
    if (!pipe) return pipe.error();
    pipe_ = std::move(*pipe);
    show_remarks(*recorder_, options.common);
    telemetry::Providers providers;
    if (!options.common.db.empty()) providers.store = [this] { return store_figures(*recorder_); };
    live_ = std::make_unique<telemetry::Live>(*pipe_, std::move(providers),
                                              live_options(options.common, options.metrics_flows));
    recorder_->follow(live_source(*live_, *pipe_));
    auto socket = telemetry::Socket::serve(*live_);
    if (!socket) return socket.error();
    socket_ = std::move(*socket);
    if (!options.http.listen.empty()) {
        auto server = LiveServer::start(options.http, *live_, recorder_->run(), options.common.db);
        if (!server) return server.error();
        server_ = std::move(*server);
    }
    Progress progress(!options.common.quiet, input_.size());
    if (Status s = pipe_->launch(); !s) return s;
    while (!pipe_->wait(std::chrono::milliseconds(100)))
        progress.update(input_.position(), pipe_->frames_received());
    pipe_->finish();
    report_.timing.process_s = seconds(checking_ + (Clock::now() - start));
    if (interrupted.load()) report_.notes.push_back("interrupted before the end of the input");
    return input_.outcome();
}

Status Replay::fill_report(const pipeline::Pipeline& pipe) {
    report_.input = options.files;
    report_.frames = pipe.frame_counts();
    report_.shards = pipe.trackers();
    report_.dropped = report_.probe.rx_missed = pipe.frames_dropped();
    for (const flow::Tracker* t : report_.shards) {
        report_.totals += t->totals();
        report_.probe.table_full += t->counters().refused;
    }
    for (const pipeline::CutInput& c : input_.cut())
        report_.truncated.push_back({c.path, c.offset, c.reason});
    const auto& notes = input_.notes();
    report_.notes.insert(report_.notes.end(), notes.begin(), notes.end());
    report_.layout = options.layout.text();
    report_.layout_reason = options.layout.reason;
    if (report_.frames->offered != pipe.frames_received())
        return Error{fmt::format("internal error: {} frames received, {} decoded",
                                 pipe.frames_received(), report_.frames->offered),
                     "", "", 1};
    return {};
}

} // namespace

void register_replay(CLI::App& app, int& status, std::vector<std::string> eal_arguments) {
    auto replay = std::make_shared<Replay>();
    CLI::App* command = app.add_subcommand("replay", "captures through the production pipeline");
    replay->options.eal = std::move(eal_arguments);
    replay->options.add_to(*command);
    command->callback([replay, &status] { status = replay->run(); });
}

} // namespace lacuna::app
