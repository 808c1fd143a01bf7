// lacuna analyze: a capture in, a report out. No EAL, no root, no hugepages.
#include "capture/guard.hpp"
#include "capture/reader.hpp"
#include "commands.hpp"
#include "common_options.hpp"
#include "interrupt.hpp"
#include "progress.hpp"
#include "recorder.hpp"
#include "wire/decode.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace lacuna::app {
namespace {

struct Analyze {
    CommonOptions common;
    std::vector<std::string> files;

    int run();

private:
    using Clock = std::chrono::steady_clock;

    Status open_all();
    void read_all(flow::Tracker& tracker, flow::Mailbox* box, wire::FrameCounts& counts);

    std::vector<std::unique_ptr<capture::Reader>> readers_;
    report::Report report_;
};

/// Hands on what the burst brought; waits for the store where it is behind.
void hand_on(flow::Tracker& tracker, flow::Mailbox* box) {
    const auto push = [](auto& ring, auto items) {
        for (std::size_t done = 0; done < items.size();) {
            done += ring.push(items.data() + done, items.size() - done);
            if (done < items.size()) std::this_thread::yield();
        }
    };
    if (!tracker.evicted().empty()) {
        if (box != nullptr) push(box->summaries, tracker.evicted());
        tracker.clear_evicted();
    }
    if (!tracker.events().empty()) {
        if (box != nullptr) push(box->events, tracker.events());
        tracker.clear_events();
    }
}

Status Analyze::open_all() {
    for (const std::string& file : files) {
        if (file.empty()) return Error{"the name of a file is empty", "", "", 2};
        auto reader = capture::Reader::open(file);
        if (!reader) return reader.error();
        (*reader)->set_source(static_cast<std::uint16_t>(readers_.size()));
        readers_.push_back(std::move(*reader));
        report_.input.push_back(file);
    }
    return {};
}

void Analyze::read_all(flow::Tracker& tracker, flow::Mailbox* box, wire::FrameCounts& counts) {
    const std::atomic<bool>& interrupted = watch_interrupts();
    const wire::HashKey key = wire::HashKey::random();
    const wire::Transport transport =
        common.l3_flows ? wire::Transport::observe : wire::Transport::count;
    std::uint64_t total = 0;
    for (const auto& reader : readers_)
        total += reader->info().size;
    Progress progress(!common.quiet, total);

    wire::Frame frames[wire::kBurst];
    const auto observations = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    std::uint64_t before = 0;
    for (const auto& reader : readers_) {
        while (!interrupted.load(std::memory_order_relaxed)) {
            const std::size_t n = reader->next(frames, wire::kBurst);
            if (n == 0) break;
            const std::size_t seen =
                wire::decode_burst(frames, n, key, observations.get(), counts, transport);
            tracker.track(observations.get(), seen);
            hand_on(tracker, box);
            progress.update(before + reader->position(), counts.offered);
        }
        before += reader->info().size;
        if (reader->end().truncated)
            report_.truncated.push_back(
                {reader->info().path, reader->end().offset, reader->end().reason});
    }
    if (interrupted.load()) report_.notes.push_back("interrupted before the end of the input");
    tracker.finish(tracker.latest());
    hand_on(tracker, box);
}

int Analyze::run() {
    if (Status s = common.check(); !s) return fail(s.error());
    capture::guard_mapped_files();
    const auto opened = Clock::now();
    if (Status s = open_all(); !s) return fail(s.error());
    auto recorder = Recorder::open(common, "analyze", files);
    if (!recorder) return fail(recorder.error());

    flow::FlowBudget budget(common.tracker.max_flows);
    auto tracker = flow::Tracker::create(common.tracker, budget);
    if (!tracker) return fail(tracker.error());
    const std::vector<flow::Mailbox*> boxes = (*recorder)->start(1);
    report_.frames = std::make_unique<wire::FrameCounts>();
    read_all(**tracker, boxes.empty() ? nullptr : boxes.front(), *report_.frames);
    report_.timing.process_s = std::chrono::duration<double>(Clock::now() - opened).count();

    report_.shards.push_back(tracker->get());
    report_.totals = (*tracker)->totals();
    report_.probe.table_full = (*tracker)->counters().refused;
    const Status stored = (*recorder)->finish(report_);
    report_.timing.wall_s = process_age_s();

    if (!common.quiet)
        for (const report::Truncation& cut : report_.truncated)
            std::fprintf(stderr,
                         "lacuna: %s: truncated at offset %llu (%s); all whole packets before it "
                         "were analysed\n",
                         cut.path.c_str(), static_cast<unsigned long long>(cut.offset),
                         cut.reason.c_str());
    const int shown = show(report_, common);
    return stored ? shown : fail(stored.error());
}

} // namespace

void register_analyze(CLI::App& app, int& status) {
    auto options = std::make_shared<Analyze>();
    CLI::App* command = app.add_subcommand("analyze", "report on captures (no EAL, no root)");
    command
        ->add_option("FILE", options->files,
                     "pcap or pcapng; - for standard input; several form one stream")
        ->required();
    options->common.add_to(*command);
    command->callback([options, &status] { status = options->run(); });
}

} // namespace lacuna::app
