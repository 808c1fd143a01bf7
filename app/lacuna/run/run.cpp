// lacuna run: live ports until a signal, or for so long or so many frames.
#include "base/backoff.hpp"
#include "cli/interrupt.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "query/output.hpp"
#include "record/stored_recorder.hpp"
#include "run/options.hpp"
#include "run/plan.hpp"
#include "run/ports.hpp"
#include "run/privileges.hpp"
#include "run/report.hpp"
#include "run/screen.hpp"
#include "run/service.hpp"
#include "session/live_source.hpp"
#include "session/live_view.hpp"

#include <chrono>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <sys/prctl.h>

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

struct LiveRun {
    RunOptions options;

    int run();

private:
    Status set_up();
    Status start();
    void watch(const std::atomic<bool>& interrupted);
    void reload();
    int end();
    void say(const std::string& line) { screen_->say(line); }
    void say_remarks() {
        for (const std::string& line : recorder_->take_remarks())
            say(line);
    }

    std::optional<Screen> screen_;
    Service service_;
    std::optional<UserId> user_;
    RunPorts ports_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<flow::FlowBudget> budget_;
    std::unique_ptr<pipeline::Pipeline> pipe_;
    PortBoard board_;
    std::unique_ptr<telemetry::Live> live_; ///< of `pipe_`; answers until the report is out
    std::unique_ptr<telemetry::Socket> socket_;
    std::unique_ptr<LiveServer> server_; ///< of `live_`
    std::atomic<std::int64_t> left_{0};
    std::atomic<bool> never_{false}; ///< the pipeline is ended by its sources
    Clock::time_point started_;
    double process_s_ = 0;
};

int LiveRun::run() {
    if (Status s = options.check(); !s) return fail(s.error());
    const config::RunConfig& c = options.config;
    if (options.check_only) return written(print(config::to_toml(c)), "the configuration");
    if (!c.run.user.empty()) {
        auto user = find_user(c.run.user);
        if (!user) return fail(user.error());
        user_ = *user;
    }
    // From here on a signal ends the run in order, however far it has come, or is remembered.
    const std::atomic<bool>& interrupted = watch_interrupts();
    watch_hangups();
    // With capabilities of its file a process may not look into its own /proc/self/fd otherwise.
    prctl(PR_SET_DUMPABLE, 1ul, 0ul, 0ul, 0ul);
    screen_.emplace(c.output.quiet, std::chrono::nanoseconds(c.output.interval));
    const auto remark = [this](const std::string& line) { say(line); };
    const Machine machine = look_at_machine();
    if (Status s = check_memory(c, machine); !s) return fail(s.error());
    if (Status s = ports_.prepare(c, remark); !s) return fail(s.error());

    const CpuPlan plan = plan_cpus(c, options.layout, machine, port::numa_of(c.ports.front()));
    port::EalOptions eal_options;
    eal_options.user = run_eal_arguments(c, plan, machine, options.eal);
    eal_options.megabytes = c.run.memory;
    eal_options.lcores = options.layout.lcores();
    const auto eal = port::Eal::start(eal_options);
    if (!eal) {
        Error error = eal.error();
        if (options.eal.empty()) error.hint = "lacuna doctor may know why";
        return fail(error);
    }
    if (!(*eal)->memory_note().empty()) say((*eal)->memory_note());
    if (!(*eal)->telemetry_prefix().empty())
        say("telemetry: dpdk-telemetry.py -f " + (*eal)->telemetry_prefix());
    say("configuration: " + differing(c));
    say(fmt::format("layout {}{}; {}", options.layout.text(),
                    options.layout.reason.empty() ? "" : " (" + options.layout.reason + ")",
                    plan.reason));

    Status s = set_up();
    if (s) s = start();
    int status = 0;
    if (s) {
        watch(interrupted);
        status = end();
    } else {
        status = fail(s.error());
    }
    // Buffers, rings and devices live in EAL's memory: they go before it does.
    socket_.reset();
    server_.reset();
    if (recorder_) recorder_->unfollow();
    live_.reset();
    pipe_.reset();
    ports_ = RunPorts();
    screen_.reset();
    return status;
}

/// Ports, privileges, store: in this order, because the first need what the second gives away, and
/// files of the third must belong to whom the second makes.
Status LiveRun::set_up() {
    const config::RunConfig& c = options.config;
    if (Status s = pipeline::check_lcores(options.layout); !s) return s;
    pipeline::PipelineConfig shape;
    shape.layout = options.layout;
    shape.parser_ring = c.pipeline.parser_ring;
    shape.worker_ring = c.pipeline.worker_ring;
    if (Status s = ports_.open(shape, c.pipeline.pool, [this](const std::string& l) { say(l); });
        !s)
        return s;
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
    recorder_ = open_recorder(options.common, "run", inputs, OnFailure::go_on, config::to_pairs(c));
    if (Status s = recorder_->opened(); !s) return s;
    say_remarks();
    return {};
}

Status LiveRun::start() {
    const config::RunConfig& c = options.config;
    pipeline::PipelineConfig config;
    config.layout = options.layout;
    config.parser_ring = c.pipeline.parser_ring;
    config.worker_ring = c.pipeline.worker_ring;
    config.tracker = options.common.tracker;
    config.tracker.recent_events = kRecentEvents;
    config.when_full = flow::WhenFull::count;
    config.mailboxes = recorder_->start(options.layout.trackers());
    Backoff::limit(c.pipeline.wait == config::Wait::spin ? 0 : kLiveNapNs);
    left_ = static_cast<std::int64_t>(c.run.packets);
    if (Status s = ports_.make_sources(options.layout, c.run.packets != 0 ? &left_ : nullptr); !s)
        return s;
    budget_ = std::make_unique<flow::FlowBudget>(config.tracker.max_flows);
    auto pipe = pipeline::Pipeline::create(std::move(config), ports_.input(), *budget_, never_);
    if (!pipe) return pipe.error();
    pipe_ = std::move(*pipe);
    board_.put({port_figures(ports_), 0});
    telemetry::Providers providers;
    providers.ports = [this] { return board_.get(); };
    if (!options.common.db.empty()) providers.store = [this] { return store_figures(*recorder_); };
    live_ = std::make_unique<telemetry::Live>(*pipe_, std::move(providers),
                                              live_options(options.common, c.telemetry.flows));
    recorder_->follow(live_source(*live_, *pipe_));
    auto socket = telemetry::Socket::serve(*live_);
    if (!socket) return socket.error();
    socket_ = std::move(*socket);
    if (!options.http.listen.empty()) {
        auto server = LiveServer::start(options.http, *live_, recorder_->run(), options.common.db);
        if (!server) return server.error();
        server_ = std::move(*server);
    }
    started_ = Clock::now();
    if (Status s = pipe_->launch(); !s) return s;
    service_.ready();
    say("running; end with Ctrl-C");
    return {};
}

void LiveRun::watch(const std::atomic<bool>& interrupted) {
    constexpr std::chrono::milliseconds kStep{50};
    const config::RunConfig& c = options.config;
    bool draining = false;
    while (!pipe_->wait(kStep)) {
        service_.alive();
        ports_.tend([this](const std::string& line) { say(line); });
        board_.put({port_figures(ports_), 0});
        say_remarks();
        if (take_hangup()) reload();
        const bool long_enough =
            c.run.duration != 0
            && Clock::now() - started_ >= std::chrono::nanoseconds(c.run.duration);
        const bool many_enough = c.run.packets != 0 && pipe_->frames_received() >= c.run.packets;
        if (!draining && (interrupted.load() || long_enough || many_enough || ports_.all_gone())) {
            draining = true;
            ports_.drain();
        }
        if (screen_->due()) screen_->show(moment_of(*pipe_, *live_));
    }
    process_s_ = std::chrono::duration<double>(Clock::now() - started_).count();
}

/// SIGHUP: reads the configuration anew and takes over what can change.
void LiveRun::reload() {
    const auto fresh = options.reload();
    service_.reloaded();
    if (!fresh) return say("the configuration stays as it is: " + fresh.error().text());
    const auto changes = config::changes(options.config, *fresh);
    if (changes.empty()) return say("the configuration is as before");
    for (const config::Change& change : changes)
        say(fmt::format("{}: {} -> {}{}", change.key, change.from, change.to,
                        change.live ? "" : " needs a restart"));
    screen_->interval(std::chrono::nanoseconds(fresh->output.interval));
    options.config.output.interval = fresh->output.interval;
}

int LiveRun::end() {
    service_.stopping();
    pipe_->finish();
    report::Report report = report_of(*pipe_, ports_, options.config);
    report.timing.process_s = process_s_;
    board_.put({report.ports, ports_.unaccounted()});
    screen_.reset();
    const Status stored = recorder_->finish(report);
    show_remarks(*recorder_, options.common);
    report.timing.wall_s = process_age_s();
    const int shown = show(report, options.common);
    if (!stored) return fail(stored.error());
    if (!ports_.all_gone()) return shown;
    return fail({"no interface is left to listen to", report.input.front(),
                 "start again once it is back", 1});
}

} // namespace

void register_run(CLI::App& app, int& status, std::vector<std::string> eal_arguments) {
    auto run = std::make_shared<LiveRun>();
    CLI::App* command = app.add_subcommand("run", "live ports: NICs, AF_XDP, af_packet, tap");
    run->options.eal = std::move(eal_arguments);
    run->options.add_to(*command);
    command->callback([run, &status] { status = run->run(); });
}

} // namespace lacuna::app
