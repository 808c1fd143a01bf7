// lacuna replay: a capture through the production pipeline.
#include "capture/windows/guard.hpp"
#include "cli/interim.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "port/eal.hpp"
#include "record/stored_recorder.hpp"
#include "replay/input.hpp"
#include "replay/options.hpp"
#include "session/session.hpp"

#include <chrono>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

using Clock = std::chrono::steady_clock;

double to_seconds(Clock::duration d) {
    return std::chrono::duration<double>(d).count();
}

class Replay {
public:
    explicit Replay(const ReplayOptions& options) : options_(options) {}
    int run();

private:
    Status start_eal();
    Status move_packets();
    Result<report::Report> report();
    void say(const std::string& line) const {
        if (!options_.common.quiet) remark(line);
    }

    // Buffers and rings live in EAL's memory: they go before it does.
    const ReplayOptions& options_;
    std::unique_ptr<port::Eal> eal_;
    ReplayInput input_;
    std::unique_ptr<Session> session_;
    Clock::duration checking_{}; ///< time spent on the files before EAL came up
    double process_s_ = 0;
    bool interrupted_ = false; ///< before the end of the input
};

int Replay::run() {
    capture::guard_mapped_files();
    const auto start = Clock::now();
    if (Status s = input_.check(options_); !s) return fail(s.error());
    checking_ = Clock::now() - start;
    if (Status s = start_eal(); !s) return fail(s.error());
    if (Status s = pipeline::check_lcores(options_.layout); !s) return fail(s.error());
    session_ = std::make_unique<Session>(options_.common,
                                         open_recorder(options_.common, "replay", input_.files()));
    if (Status s = move_packets(); !s) return fail(s.error());
    auto r = report();
    if (!r) return fail(r.error());
    return conclude(session_->recorder(), *r, options_.common);
}

Status Replay::start_eal() {
    port::EalOptions eal;
    eal.user = options_.eal;
    eal.telemetry = true;
    eal.lcores = options_.layout.lcores();
    auto started = port::Eal::start(eal);
    if (!started) return started.error();
    eal_ = std::move(*started);
    if (!eal_->memory_note().empty()) say(eal_->memory_note());
    if (!eal_->telemetry_prefix().empty())
        say("telemetry: dpdk-telemetry.py -f " + eal_->telemetry_prefix());
    if (!options_.layout.reason.empty())
        say(fmt::format("layout {} ({})", options_.layout.text(), options_.layout.reason));
    return {};
}

/// Runs the pipeline from the first packet to the last verdict.
Status Replay::move_packets() {
    const std::atomic<bool>& interrupted = watch_interrupts();
    pipeline::PipelineConfig config;
    config.layout = options_.layout;
    config.pace = options_.pace;
    if (Status s = input_.prepare(config); !s) return s;
    if (Status s = session_->recorder().opened(); !s) return s;
    const auto start = Clock::now();
    if (Status s = input_.open(); !s) return s;
    const Session::Views views{options_.http, options_.metrics_flows};
    if (Status s = session_->open(std::move(config), input_.input(), interrupted, views); !s)
        return s;
    show_remarks(session_->recorder(), options_.common);
    pipeline::Pipeline& pipe = session_->pipe();
    Progress progress(!options_.common.quiet, input_.size());
    if (Status s = pipe.launch(); !s) return s;
    {
        Interim interim(options_.common.interim, false, [this]() -> Result<flow::RunFigures> {
            const auto now = session_->live().figures();
            if (!now) return now.error();
            return **now;
        });
        while (!pipe.wait(std::chrono::milliseconds(100))) {
            interim.tick();
            progress.update(input_.position(), pipe.frames_received());
        }
    }
    pipe.finish();
    process_s_ = to_seconds(checking_ + (Clock::now() - start));
    interrupted_ = interrupted.load();
    return input_.outcome();
}

Result<report::Report> Replay::report() {
    auto r = session_->report();
    if (!r) return r;
    r->input = input_.files();
    r->layout = options_.layout.text();
    r->layout_reason = options_.layout.reason;
    flow::RunFigures& f = r->figures;
    f.timing.process_s = process_s_;
    f.truncated = input_.truncated();
    if (interrupted_) f.notes.push_back("interrupted before the end of the input");
    for (std::string& note : input_.notes())
        f.notes.push_back(std::move(note));
    f.probe.capture_dropped = input_.capture_dropped();
    f.odd_times = input_.odd_times();
    const std::uint64_t received = session_->pipe().frames_received();
    if (f.frames.decoded != received)
        return Error{fmt::format("internal error: {} frames received, {} decoded", received,
                                 f.frames.decoded),
                     "", "", 1};
    return r;
}

} // namespace

void register_replay(CLI::App& app, int& status, std::vector<std::string> eal_arguments) {
    auto options = std::make_shared<ReplayOptions>();
    CLI::App* command = app.add_subcommand("replay", "captures through the production pipeline");
    options->eal = std::move(eal_arguments);
    options->add_to(*command);
    command->callback([options, &status] {
        const Status good = options->check();
        status = good ? Replay(*options).run() : fail(good.error());
    });
}

} // namespace lacuna::app
