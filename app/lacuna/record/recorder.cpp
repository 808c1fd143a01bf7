#include "record/recorder.hpp"

#include "base/wall_clock.hpp"
#include "cli/streams.hpp"
#include "report/tunnels.hpp"
#include "version.hpp"

#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Events kept in memory for --gaps: 10 M are 800 MB.
constexpr std::size_t kMaxGathered = 10'000'000;

} // namespace

Recorder::Recorder(const CommonOptions& options, const std::string& command,
                   const std::vector<std::string>& inputs, Config config) {
    if (options.events_in_memory) memory_ = std::make_unique<store::MemorySink>(kMaxGathered);
    record_.id = 1;
    record_.started = wall_clock();
    record_.command = command;
    record_.inputs = inputs;
    record_.series_interval = options.tracker.sample_periods * flow::kPeriod;
    record_.config = {{"window", fmt::format("{}", options.tracker.window)},
                      {"max_flows", fmt::format("{}", options.tracker.max_flows)},
                      {"idle_timeout_s", fmt::format("{}", options.idle_timeout_s)}};
    if (!config.empty()) record_.config = std::move(config);
    record_.config.emplace_back("version", LACUNA_VERSION);
}

Following::~Following() {
    if (recorder_ != nullptr) recorder_->end_following();
}

Recorder::~Recorder() = default;

void Recorder::say(const std::string& line) {
    const std::lock_guard lock(mutex_);
    remarks_.push_back(line);
}

std::vector<std::string> Recorder::take_remarks() {
    const std::lock_guard lock(mutex_);
    return std::exchange(remarks_, {});
}

std::vector<flow::Mailbox*> Recorder::start(std::size_t workers) {
    std::vector<store::Sink*> sinks;
    if (memory_) sinks.push_back(memory_.get());
    if (store::Sink* stored = sink()) sinks.push_back(stored);
    std::vector<flow::Mailbox*> boxes;
    if (sinks.empty()) return boxes;
    for (std::size_t i = 0; i < workers; ++i) {
        boxes_.push_back(std::make_unique<flow::Mailbox>());
        boxes.push_back(boxes_.back().get());
    }
    spiller_ = std::make_unique<store::Spiller>(boxes, sinks);
    return boxes;
}

std::uint64_t Recorder::not_stored() const {
    std::uint64_t n = spiller_->not_stored();
    for (const auto& box : boxes_)
        n += box->events_lost.load(std::memory_order_relaxed);
    return n;
}

Status Recorder::finish(report::Report& report) {
    if (!spiller_) return {};
    const Status status = spiller_->stop();
    report.figures.probe.not_stored = not_stored();
    if (memory_) {
        report.events = std::move(memory_->events);
        report.events_cut = memory_->cut;
    }
    return status;
}

void show_remarks(Recorder& recorder, const CommonOptions& options) {
    for (const std::string& line : recorder.take_remarks())
        if (!options.quiet) remark(line);
}

int conclude(Recorder& recorder, report::Report& report, const CommonOptions& options,
             const std::function<Status(report::Report&)>& look_again) {
    // Only where somebody is told: it reads every row.
    const auto count = [&report, told = options.json || !options.db.empty()] {
        if (!told) return;
        report.figures.tunnels = report::count_tunnels(report.rows, report.figures.mka.get());
    };
    count();
    const Status stored = recorder.finish(report);
    report.figures.timing.wall_s = process_age_s();
    show_remarks(recorder, options);
    for (const flow::Truncation& cut : report.figures.truncated)
        if (!options.quiet)
            remark(fmt::format("{}: truncated at offset {} ({}); all whole packets before it were "
                               "analysed",
                               cut.path, cut.offset, cut.reason));
    if (options.selected.selects()) {
        const flow::Sums sums = report.rows.select(options.selected);
        report.figures.totals = sums.links;
        report.figures.counters = sums.counters;
        count();
        report.rows.narrow(report.events);
        report.selection = options.filter;
    }
    if (look_again)
        if (Status s = look_again(report); !s) return fail(s.error());
    const int shown = show(report, options);
    if (Status page = write_page(report, options); !page) return fail(page.error());
    return stored ? shown : fail(stored.error());
}

} // namespace lacuna::app
