// lacuna run: live ports until a signal, or for so long or so many frames.
#include "base/backoff.hpp"
#include "base/output.hpp"
#include "base/time_text.hpp"
#include "base/wall_clock.hpp"
#include "cli/interim.hpp"
#include "cli/interrupt.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "port/eal_complaint.hpp"
#include "record/stored_recorder.hpp"
#include "report/text/clock.hpp"
#include "run/options.hpp"
#include "run/plan.hpp"
#include "run/port_board.hpp"
#include "run/ports.hpp"
#include "run/privileges.hpp"
#include "run/report.hpp"
#include "run/screen/screen.hpp"
#include "run/service.hpp"
#include "run/start_watch.hpp"
#include "session/session.hpp"
#include "store/read/predecessor.hpp"

#include <chrono>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <sys/prctl.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

using Clock = std::chrono::steady_clock;

/// Longest sleep of a stage that found nothing: less than it takes to fill a ring.
constexpr std::uint32_t kLiveNapNs = 50'000;

/// What the configuration says beside the defaults, on one line; --check prints all of it.
std::string differing(const config::RunConfig& config) {
    config::RunConfig plain;
    plain.ports.resize(config.ports.size());
    std::map<std::string, std::string> usual;
    for (auto& [key, value] : config::to_pairs(plain))
        usual[key] = value;
    std::string out;
    for (const auto& [key, value] : config::to_pairs(config))
        if (usual[key] != value) out += key + " = " + value + "; ";
    return out + "the rest as by default (--check prints all)";
}

std::string host_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

class LiveRun {
public:
    explicit LiveRun(RunOptions& options) : options_(options) {}
    int run();

private:
    Status prepare();
    Status start_eal();
    Status set_up();
    Status start();
    void take_up_predecessor();
    void watch(const std::atomic<bool>& interrupted);
    void reload();
    int end();
    void say(const std::string& line) { screen_->say(line); }
    void say_remarks() {
        for (const std::string& line : session_->recorder().take_remarks())
            say(line);
    }

    RunOptions& options_; ///< of the configuration, what changes while it runs
    std::optional<Screen> screen_;
    std::optional<StartWatch> start_watch_;
    Service service_;
    std::optional<UserId> user_;
    Machine machine_;
    // Buffers, rings and devices live in EAL's memory: they go before it does.
    std::unique_ptr<port::Eal> eal_;
    std::atomic<std::int64_t> left_{0}; ///< frames that may still come
    std::atomic<bool> never_{false};    ///< the pipeline is ended by its sources
    RunPorts ports_;
    PortBoard board_;
    std::unique_ptr<Session> session_;
    Clock::time_point started_;
    double process_s_ = 0;
    TimeNs dark_since_ = 0; ///< the run before ended then, and is taken up; 0: none is
};

int LiveRun::run() {
    // From here on a signal ends the run in order, however far it has come, or is remembered.
    const std::atomic<bool>& interrupted = watch_interrupts();
    watch_hangups();
    watch_requests();
    screen_.emplace(options_.config.output.quiet,
                    std::chrono::nanoseconds(options_.config.output.interval));
    start_watch_.emplace(interrupted, options_.config.output.quiet);
    for (const auto step :
         {&LiveRun::prepare, &LiveRun::start_eal, &LiveRun::set_up, &LiveRun::start})
        if (Status s = (this->*step)(); !s) return fail(s.error());
    watch(interrupted);
    return end();
}

Status LiveRun::prepare() {
    const config::RunConfig& c = options_.config;
    if (!c.run.user.empty()) {
        auto user = find_user(c.run.user);
        if (!user) return user.error();
        user_ = *user;
    }
    // With capabilities of its file a process may not look into its own /proc/self/fd otherwise.
    prctl(PR_SET_DUMPABLE, 1ul, 0ul, 0ul, 0ul);
    machine_ = look_at_machine();
    if (Status s = check_memory(c, machine_); !s) return s;
    return ports_.prepare(c, [this](const std::string& line) { say(line); });
}

Status LiveRun::start_eal() {
    const config::RunConfig& c = options_.config;
    const CpuPlan plan = plan_cpus(c, options_.layout, machine_, port::numa_of(c.ports.front()));
    port::EalOptions eal_options;
    eal_options.user = run_eal_arguments(c, plan, machine_, options_.eal);
    eal_options.megabytes = c.run.memory;
    eal_options.lcores = options_.layout.lcores();
    start_watch_->step("EAL");
    auto eal = port::Eal::start(eal_options);
    if (!eal) {
        Error error = eal.error();
        if (options_.eal.empty()) error.hint = "lacuna doctor may know why";
        return error;
    }
    eal_ = std::move(*eal);
    // A prefix that somebody chose may be another's as well.
    if (eal_->telemetry_prefix() == fmt::format("lacuna-{}", getpid()))
        start_watch_->leaves(port::runtime_folder() + "/" + eal_->telemetry_prefix());
    if (!eal_->memory_note().empty()) say(eal_->memory_note());
    if (!eal_->telemetry_prefix().empty())
        say("telemetry: dpdk-telemetry.py -f " + eal_->telemetry_prefix());
    say("configuration: " + differing(c));
    say(fmt::format("layout {}{}; {}", options_.layout.text(),
                    options_.layout.reason.empty() ? "" : " (" + options_.layout.reason + ")",
                    plan.reason));
    return {};
}

/// Ports, privileges, store: in this order, because the first need what the second gives away, and
/// files of the third must belong to whom the second makes.
Status LiveRun::set_up() {
    const config::RunConfig& c = options_.config;
    if (Status s = pipeline::check_lcores(options_.layout); !s) return s;
    pipeline::PipelineConfig shape;
    shape.layout = options_.layout;
    shape.parser_ring = c.pipeline.parser_ring;
    shape.worker_ring = c.pipeline.worker_ring;
    if (Status s = ports_.open(
            shape, c.pipeline.pool, port::eal_complaint(), [this](const std::string& l) { say(l); },
            [this](const std::string& port) { start_watch_->step(port); });
        !s)
        return s;
    start_watch_->done(); // what comes heeds signals by itself
    if (user_) {
        if (!ports_.may_drop_privileges())
            return Error{"a tap goes only with the privileges it came with", "user " + c.run.user,
                         "leave user out, or use another driver", 2};
        if (Status s = become(*user_); !s) return s;
        say("from here on as user " + user_->name);
    }
    std::vector<std::string> inputs;
    for (const config::PortConfig& p : c.ports)
        inputs.push_back(p.name);
    auto pairs = config::to_pairs(c);
    pairs.emplace_back(store::kHostKey, host_name());
    session_ = std::make_unique<Session>(
        options_.common,
        open_recorder(options_.common, "run", inputs, OnFailure::go_on, std::move(pairs)));
    if (Status s = session_->recorder().opened(); !s) return s;
    say_remarks();
    return {};
}

Status LiveRun::start() {
    const config::RunConfig& c = options_.config;
    pipeline::PipelineConfig config;
    config.layout = options_.layout;
    config.parser_ring = c.pipeline.parser_ring;
    config.worker_ring = c.pipeline.worker_ring;
    config.when_full = flow::WhenFull::count;
    Backoff::limit(c.pipeline.wait == config::Wait::spin ? 0 : kLiveNapNs);
    left_ = static_cast<std::int64_t>(c.run.packets);
    if (Status s = ports_.make_sources(options_.layout, c.run.packets != 0 ? &left_ : nullptr,
                                       c.track.clock_tolerance);
        !s)
        return s;
    board_.put({ports_.figures(), 0, ports_.now()});
    const Session::Views views{options_.http, c.telemetry.flows, [this] { return board_.get(); }};
    if (Status s = session_->open(std::move(config), ports_.input(), never_, views); !s) return s;
    if (!c.store.db.empty()) take_up_predecessor();
    started_ = Clock::now();
    if (Status s = session_->pipe().launch(); !s) return s;
    service_.ready();
    say("running; end with Ctrl-C");
    return {};
}

/// SAs go on where the last run of this host and store left them: what they sent meanwhile nobody
/// could see. A store that cannot be read is no reason not to run.
void LiveRun::take_up_predecessor() {
    Recorder& recorder = session_->recorder();
    const auto found = store::find_predecessor(options_.config.store.db, recorder.run(),
                                               options_.config.track.idle_timeout, wall_clock());
    if (!found) return say("the run before is not taken up: " + found.error().text());
    if (!*found) return;
    store::Predecessor before = **found;
    say(fmt::format("run {} of this host ended at {}; {} SAs go on from there", before.run,
                    rfc3339(before.until), before.sas.size()));
    flow::Event e{};
    e.kind = flow::EventKind::not_running;
    e.time = wall_clock();
    e.a = static_cast<Seq64>(before.sas.size());
    e.b = dark_since_ = before.until;
    recorder.note(e);
    session_->take_up(std::move(before.sas));
}

void LiveRun::watch(const std::atomic<bool>& interrupted) {
    constexpr std::chrono::milliseconds kStep{50};
    const config::RunConfig& c = options_.config;
    bool draining = false;
    bool quit = false; ///< somebody pressed q
    pipeline::Pipeline& pipe = session_->pipe();
    while (!pipe.wait(kStep)) {
        service_.alive();
        ports_.tend([this](const std::string& line) { say(line); });
        board_.put({ports_.figures(), 0, ports_.now()});
        say_remarks();
        if (take_hangup()) reload();
        if (take_request()) {
            const Moment now = moment_of(pipe, session_->live());
            if (now.run) say(report::local_time(wall_clock(), 0) + ": " + interim_text(*now.run));
        }
        const bool long_enough =
            c.run.duration != 0
            && Clock::now() - started_ >= std::chrono::nanoseconds(c.run.duration);
        const bool many_enough = c.run.packets != 0 && pipe.frames_received() >= c.run.packets;
        if (!draining
            && (quit || interrupted.load() || long_enough || many_enough || ports_.all_gone())) {
            draining = true;
            ports_.drain();
        }
        if (screen_->asks_for_end()) quit = true;
        if (screen_->due()) screen_->show(moment_of(pipe, session_->live(), screen_->wants_rows()));
    }
    process_s_ = std::chrono::duration<double>(Clock::now() - started_).count();
}

/// SIGHUP: reads the configuration anew and takes over what can change.
void LiveRun::reload() {
    const auto fresh = options_.reload();
    service_.reloaded();
    if (!fresh) return say("the configuration stays as it is: " + fresh.error().text());
    const auto changes = config::changes(options_.config, *fresh);
    if (changes.empty()) return say("the configuration is as before");
    for (const config::Change& change : changes)
        say(fmt::format("{}: {} -> {}{}", change.key, change.from, change.to,
                        change.live ? "" : " needs a restart"));
    screen_->interval(std::chrono::nanoseconds(fresh->output.interval));
    options_.config.output.interval = fresh->output.interval;
}

int LiveRun::end() {
    service_.stopping();
    session_->pipe().finish();
    ports_.tend([this](const std::string& line) { say(line); }); // what came since
    const std::uint64_t unaccounted = ports_.unaccounted();
    board_.put({ports_.figures(), unaccounted, ports_.now()});
    auto report = session_->report();
    if (!report) return fail(report.error());
    for (const config::PortConfig& p : options_.config.ports)
        report->input.push_back(p.name);
    report->figures.timing.process_s = process_s_;
    for (std::string& note : ports_.notes())
        report->figures.notes.push_back(std::move(note));
    add_notes(*report, unaccounted, options_);
    if (dark_since_ != 0) add_taken_up(*report, session_->pipe().trackers(), dark_since_);
    screen_.reset();
    const int status = conclude(session_->recorder(), *report, options_.common);
    if (status != 0 || !ports_.all_gone()) return status;
    return fail({"no interface is left to listen to", report->input.front(),
                 "start again once it is back", 1});
}

int run(RunOptions& options) {
    if (Status s = options.check(); !s) return fail(s.error());
    if (options.check_only)
        return written(print(config::to_toml(options.config)), "the configuration");
    return LiveRun(options).run();
}

} // namespace

void register_run(CLI::App& app, int& status, std::vector<std::string> eal_arguments) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = app.add_subcommand("run", "live ports: NICs, AF_XDP, af_packet, tap");
    options->eal = std::move(eal_arguments);
    options->add_to(*command);
    command->callback([options, &status] { status = run(*options); });
}

} // namespace lacuna::app
