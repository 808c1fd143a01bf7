// lacuna analyze: a capture in, a report out. No EAL, no root, no hugepages.
#include "analyze/team.hpp"
#include "capture/stream.hpp"
#include "capture/windows/guard.hpp"
#include "cli/common_options.hpp"
#include "cli/interim.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "commands.hpp"
#include "record/recorder.hpp"
#include "second_look.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <numeric>
#include <thread>

namespace lacuna::app {
namespace {

/// Most files all threads together keep open.
constexpr std::size_t kMostOpen = 64;
/// How long the members are waited for while they run: one that waits for the store does not
/// answer.
constexpr std::chrono::milliseconds kPatience{500};

struct Analyze {
    CommonOptions common;
    std::vector<std::string> files;
    std::size_t threads = 0; ///< 0: as many as help
    bool as_given = false;   ///< files in the order named
    OpenRecorder open_recorder;
    SelectFrames select_frames;

    int run();

private:
    using Clock = std::chrono::steady_clock;

    Result<analyze::Readers> open_files();
    std::size_t choose_threads() const;
    Status open_all();
    void read_all(analyze::Team& team, const Recorder& recorder);
    Result<flow::RunFigures> gather(const analyze::Team& team) const;
    Status fill_report(analyze::Team& team);

    capture::Stream stream_;
    std::vector<analyze::Readers> readers_; ///< for each thread
    /// Frames --bpf left out, of each reader, those of the first thread first.
    std::deque<std::uint64_t> left_out_;
    bool interrupted_ = false; ///< before the end of the input
    report::Report report_;
};

Result<analyze::Readers> Analyze::open_files() {
    analyze::Readers readers;
    const auto access = files.size() <= kMostOpen ? capture::Access::stream : capture::Access::map;
    for (const capture::StreamFile& file : stream_.files) {
        auto reader = file.open(access, readers.size());
        if (!reader) return reader.error();
        if (!common.bpf.empty())
            reader = select_frames(std::move(*reader), common.bpf, left_out_.emplace_back(0));
        if (!reader) return reader.error();
        readers.push_back(std::move(*reader));
    }
    return readers;
}

/// How many threads help. A pipe can be read by one only, a small capture is done before a second
/// one has begun, and each has to walk all of the stream.
std::size_t Analyze::choose_threads() const {
    constexpr std::uint64_t kSmall = 4u << 20;
    constexpr std::size_t kUseful = 4;
    // Which SA a counted loss makes blind must not depend on which thread is ahead.
    if (stream_.counts_drops()) return 1;
    std::uint64_t octets = 0;
    for (const auto& reader : readers_.front()) {
        if (reader->info().size == 0) return 1;
        octets += reader->info().size;
    }
    const std::size_t most = kMostOpen / files.size();
    const std::size_t wanted =
        threads != 0      ? threads
        : octets < kSmall ? 1
                          : std::min<std::size_t>(kUseful, std::thread::hardware_concurrency());
    return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(most, 1));
}

/// analyze::Readers for each thread. All must see the same stream: a file that is still being
/// written is read by one.
Status Analyze::open_all() {
    const auto same = [](const std::unique_ptr<capture::Reader>& a,
                         const std::unique_ptr<capture::Reader>& b) {
        return a->info().size == b->info().size;
    };
    auto stream =
        capture::arrange(files, as_given ? capture::Order::as_given : capture::Order::first_packets,
                         capture::Survey::losses);
    if (!stream) return stream.error();
    stream_ = std::move(*stream);
    auto first = open_files();
    if (!first) return first.error();
    readers_.push_back(std::move(*first));
    for (std::size_t n = choose_threads(); readers_.size() < n;) {
        auto more = open_files();
        if (!more) return more.error();
        if (!std::equal(more->begin(), more->end(), readers_.front().begin(), same)) {
            readers_.resize(1);
            break;
        }
        readers_.push_back(std::move(*more));
    }
    return {};
}

void Analyze::read_all(analyze::Team& team, const Recorder& recorder) {
    const std::atomic<bool>& interrupted = watch_interrupts();
    std::uint64_t total = 0;
    for (const auto& reader : readers_.front())
        total += reader->info().size;
    Progress progress(!common.quiet, total);
    Interim interim(common.interim, progress.shown() && total == 0,
                    [this, &team] { return gather(team); });
    team.run([&](std::uint64_t octets, std::uint64_t frames) {
        interim.tick();
        progress.lost(interim.lost());
        progress.update(octets, frames);
        return !interrupted.load(std::memory_order_relaxed) && !recorder.failed();
    });
    interrupted_ = interrupted.load();
}

Result<flow::RunFigures> Analyze::gather(const analyze::Team& team) const {
    flow::GatherOptions options;
    options.timeout = kPatience;
    options.esn = common.view.esn;
    options.xpn = common.view.xpn;
    return flow::gather(team.workers(), options);
}

Status Analyze::fill_report(analyze::Team& team) {
    auto figures = gather(team);
    if (!figures) return figures.error();
    figures->end(*team.release_counts());
    std::vector<TimeNs> last;
    std::uint64_t unplaced = 0;
    for (const auto& reader : readers_.front()) {
        if (reader->end().truncated)
            figures->truncated.push_back(
                {reader->info().path, reader->end().offset, reader->end().reason});
        figures->probe.capture_dropped += reader->dropped();
        figures->odd_times += reader->odd_times();
        unplaced += reader->dropped_unplaced();
        last.push_back(reader->latest_time());
    }
    capture::remark_unplaced(stream_, unplaced);
    capture::remark_overlaps(stream_, last);
    for (std::string& remark : stream_.remarks)
        figures->notes.push_back(std::move(remark));
    if (!common.bpf.empty()) {
        const auto end = left_out_.begin() + static_cast<std::ptrdiff_t>(readers_.front().size());
        figures->notes.push_back(
            fmt::format("--bpf left {} frames out, which are counted nowhere",
                        std::accumulate(left_out_.begin(), end, std::uint64_t{0})));
    }
    if (interrupted_) figures->notes.push_back("interrupted before the end of the input");
    report_.input = stream_.paths();
    report_.figures = std::move(*figures);
    report_.rows = flow::HeldRows(team.shards());
    report_.judge_silence({.now = report_.figures.latest}, common.tracker.silent_after);
    return {};
}

int Analyze::run() {
    if (Status s = common.check(); !s) return fail(s.error());
    capture::guard_mapped_files();
    const auto opened = Clock::now();
    if (Status s = open_all(); !s) return fail(s.error());
    if (Status s = prepare_second_look(common, readers_.front()); !s) return fail(s.error());
    const auto recorder = open_recorder(common, stream_.paths());

    flow::FlowBudget budget(common.tracker.max_flows, readers_.size());
    auto team = analyze::Team::create({common.tracker, common.decoding}, budget, readers_,
                                      recorder->start(readers_.size()));
    if (!team) return fail(team.error());
    store::RunWatch watch;
    watch.figures = [this, &team] { return gather(**team); };
    watch.request_slots = (*team)->workers().request_slots;
    const Following following = recorder->follow(std::move(watch));
    read_all(**team, *recorder);
    if (Status s = recorder->opened(); !s) return fail(s.error());
    show_remarks(*recorder, common);
    const double process_s = std::chrono::duration<double>(Clock::now() - opened).count();
    if (Status s = fill_report(**team); !s) return fail(s.error());
    report_.figures.timing.process_s = process_s;
    return conclude(*recorder, report_, common, [this](report::Report& report) -> Status {
        if (!wants_second_look(common) || interrupted_) return {};
        auto readers = open_files();
        return readers ? look_again(report, common, *readers) : readers.error();
    });
}

} // namespace

void register_analyze(CLI::App& app, int& status, OpenRecorder open, SelectFrames select) {
    auto options = std::make_shared<Analyze>();
    options->open_recorder = std::move(open);
    options->select_frames = std::move(select);
    CLI::App* command = app.add_subcommand("analyze", "report on captures (no EAL, no root)");
    command
        ->add_option("FILE", options->files,
                     "pcap or pcapng; - for standard input; several form one stream")
        ->required();
    command
        ->add_option("--threads", options->threads,
                     "threads that share the work; the results are the same (default: by "
                     "processors and size of the input, at most 4)")
        ->check(CLI::Range(std::size_t{1}, analyze::kMaxThreads));
    add_file_order(*command, options->as_given);
    command
        ->add_option(
            "--bpf", options->common.bpf,
            "only frames that this keeps, as \"vlan 10 and net 10.1.0.0/16\" (pcap-filter)")
        ->type_name("EXPR")
        ->check(not_empty);
    add_second_look_options(*command, options->common);
    options->common.add_to(*command);
    command->callback([options, &status] { status = options->run(); });
}

} // namespace lacuna::app
