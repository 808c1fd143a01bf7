// lacuna path: captures or stores from several taps in → where it was lost, how long the way took.
#include "capture/windows/guard.hpp"
#include "cli/common_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/names_option.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "names/given.hpp"
#include "path/compare/compare.hpp"
#include "path/compare/measure.hpp"
#include "path/tap_names.hpp"
#include "path/taps/stores.hpp"
#include "path/views.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <thread>

namespace lacuna::app {
namespace {

struct Path {
    bool json = false;
    bool csv = false;
    bool quiet = false;
    bool as_given = false;
    long long top = 0;
    long long max_flows = 1 << 20;
    std::string forward;
    std::string reverse;
    std::string clocks;
    std::string names_file;
    std::string output;
    std::vector<std::string> taps;

    int run();

private:
    Status check();
    Status open_taps();
    Status read_taps();

    std::vector<NamedTap> named_;
    path::GivenDirections given_;
    Clocks clocks_ = Clocks::unsaid;
    std::vector<path::Tap> taps_;
    std::vector<path::TapReader::Streams> streams_; ///< of each tap
    wire::HashKey key_ = wire::HashKey::random();
};

Status Path::check() {
    if (json && csv) return Error{"--json and --csv contradict each other", "", "choose one", 2};
    if (top < 0) return Error{"--top must not be negative", "", "", 2};
    constexpr long long kMaxFlows = 1LL << 28;
    if (max_flows < 1 || max_flows > kMaxFlows)
        return Error{fmt::format("--max-flows {} is not from 1 to {}", max_flows, kMaxFlows), "",
                     "1048576 is the default", 2};
    if (!clocks.empty()) {
        if (clocks != "synced" && clocks != "free")
            return Error{"not synced or free", "--clocks " + clocks, "", 2};
        clocks_ = clocks == "free" ? Clocks::free : Clocks::synced;
    }
    if (Status s = read_names(names_file); !s) return s;
    const auto parse = [](const char* option, const std::string& text, flow::Filter& to) -> Status {
        auto filter = names::parse_filter(text);
        if (!filter) {
            Error error = filter.error();
            error.where = option;
            return error;
        }
        to = std::move(*filter);
        return {};
    };
    if (Status s = parse("--forward", forward, given_.forward); !s) return s;
    if (Status s = parse("--reverse", reverse, given_.reverse); !s) return s;
    auto named = parse_taps(taps);
    if (!named) return named.error();
    named_ = std::move(*named);
    return send_output_to(output);
}

Status Path::open_taps() {
    for (const NamedTap& named : named_) {
        path::Tap& tap = taps_.emplace_back(static_cast<std::size_t>(max_flows));
        tap.name = named.name;
        tap.source = named.source;
        streams_.emplace_back();
        if (named.store) continue;
        for (const std::vector<std::string>& paths : named.ways) {
            auto stream = capture::arrange(
                paths, as_given ? capture::Order::as_given : capture::Order::first_packets,
                capture::Survey::losses);
            if (!stream) return stream.error();
            streams_.back().push_back(std::move(*stream));
        }
    }
    return {};
}

/// Each tap on a thread of its own: they have nothing in common yet.
Status Path::read_taps() {
    std::vector<Status> states(taps_.size());
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < taps_.size(); ++t)
        threads.emplace_back([&, t] {
            states[t] = named_[t].store ? path::read_store(taps_[t], named_[t].ways.front().front())
                                        : path::read_tracks(taps_[t], streams_[t], key_);
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const Status& s : states)
        if (!s) return s;
    return {};
}

int Path::run() {
    if (Status s = check(); !s) return fail(s.error());
    capture::guard_mapped_files();
    if (Status s = open_taps(); !s) return fail(s.error());
    if (Status s = read_taps(); !s) return fail(s.error());
    auto comparison = path::Comparison::make(taps_, given_);
    if (!comparison) return fail(comparison.error());
    std::vector<path::TimedTap> timed;
    for (std::size_t t = 0; t < taps_.size(); ++t)
        if (named_[t].twice)
            timed.push_back({t, &streams_[t]});
        else
            taps_[t].remarks.push_back(
                !named_[t].store    ? "a pipe can be read once only: no delays from or to it"
                : !taps_[t].stamped ? "the store has no stamps (--stamps): no delays from or to it"
                                    : "delays from or to it are those of the numbers its probe "
                                      "stamped");
    if (Status s = path::measure_delays(*comparison, taps_, timed, key_); !s)
        return fail(s.error());
    const path::PathResult result = comparison->release(taps_);
    if (!quiet && (json || csv))
        for (const std::string& line : result.remarks)
            remark(line);
    finish_calls();
    errno = 0;
    const PathShown shown{static_cast<std::size_t>(top), clocks_};
    const bool good = json  ? write_path_json(result, shown)
                      : csv ? write_path_csv(result, shown)
                            : write_path_text(result, shown);
    return written(good, "the comparison");
}

} // namespace

void register_path(CLI::App& app, int& status) {
    auto path = std::make_shared<Path>();
    CLI::App* command = app.add_subcommand(
        "path", "compare taps along a path: where it was lost, how long the way took");
    command
        ->add_option("TAP", path->taps,
                     "NAME=SOURCE, in order along the way, two to eight of them; SOURCE: captures "
                     "with commas between them, or the directory of a store; parallel ways: "
                     "'NAME=SOURCE|NAME=SOURCE'")
        ->required();
    command->add_flag("--json", path->json, "print one JSON document");
    command->add_flag("--csv", path->csv,
                      "print comma-separated values, a line per SA and segment");
    command->add_flag("--quiet", path->quiet, "no remarks on stderr");
    command->add_option("--top", path->top, "show only the N worst SAs")->type_name("N");
    command
        ->add_option("--forward", path->forward,
                     "SAs that go in the order of the taps: an expression as of --filter")
        ->type_name("EXPR");
    command
        ->add_option("--reverse", path->reverse,
                     "SAs that go the other way: an expression as of --filter")
        ->type_name("EXPR");
    command
        ->add_option("--clocks", path->clocks,
                     "synced: the taps have the same time; free: show only how delays vary")
        ->type_name("synced|free");
    command->add_option("--max-flows", path->max_flows, "SAs of a tap at most")
        ->type_name("N")
        ->capture_default_str();
    add_file_order(*command, path->as_given);
    add_names_option(*command, path->names_file);
    add_output_file_option(*command, path->output);
    command->callback([path, &status] { status = path->run(); });
}

} // namespace lacuna::app
