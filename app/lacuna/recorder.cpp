#include "recorder.hpp"

#include <chrono>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Events kept in memory for --gaps: 10 M are 800 MB.
constexpr std::size_t kMaxGathered = 10'000'000;
constexpr std::size_t kSummaryBatch = 1024;

TimeNs wall_clock() {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

void fill(store::RunRecord& run, const report::Report& report) {
    using wire::FrameClass;
    const wire::FrameCounts& f = *report.frames;
    run.offered = f.offered + report.dropped;
    run.macsec = f.of(FrameClass::macsec);
    run.esp = f.of(FrameClass::esp);
    run.ah = f.of(FrameClass::ah);
    run.other = f.of(FrameClass::other);
    run.malformed = f.of(FrameClass::malformed);
    run.dropped = report.dropped;
    run.bytes = f.bytes;
    run.other_kinds = f.other_by_name();
    run.totals = report.totals;
    run.ended = wall_clock();
}

Status put_rows(store::StoreWriter& store, const report::Report& report) {
    std::vector<flow::SaSummary> batch(kSummaryBatch);
    std::size_t n = 0;
    for (const flow::Tracker* tracker : report.shards) {
        for (std::size_t row = 0; row < tracker->row_limit(); ++row) {
            if (!tracker->row_used(row)) continue;
            tracker->summarize(row, batch[n++]);
            if (n < batch.size()) continue;
            if (Status s = store.put_summaries(batch); !s) return s;
            n = 0;
        }
    }
    return n == 0 ? Status() : store.put_summaries({batch.data(), n});
}

} // namespace

std::unique_ptr<Recorder> Recorder::open(const CommonOptions& options, const std::string& command,
                                         const std::vector<std::string>& inputs,
                                         std::vector<std::pair<std::string, std::string>> config) {
    std::unique_ptr<Recorder> r(new Recorder);
    if (options.view.gaps) r->memory_ = std::make_unique<store::MemorySink>(kMaxGathered);
    r->record_.id = 1;
    r->record_.started = wall_clock();
    r->record_.command = command;
    r->record_.inputs = inputs;
    r->record_.series_interval = options.tracker.sample_periods * flow::kPeriod;
    r->record_.config = {{"window", fmt::format("{}", options.tracker.window)},
                         {"max_flows", fmt::format("{}", options.tracker.max_flows)},
                         {"idle_timeout_s", fmt::format("{}", options.idle_timeout_s)}};
    if (!config.empty()) r->record_.config = std::move(config);
    if (!options.db.empty()) r->store_ = std::make_unique<PendingStore>(options.db, r->record_);
    return r;
}

Status Recorder::opened() {
    if (!store_) return {};
    if (Status s = store_->ready(); !s) return s;
    record_.id = store_->writer().run();
    return {};
}

std::vector<flow::Mailbox*> Recorder::start(std::size_t workers) {
    std::vector<store::Sink*> sinks;
    if (memory_) sinks.push_back(memory_.get());
    if (store_) sinks.push_back(store_.get());
    std::vector<flow::Mailbox*> boxes;
    if (sinks.empty()) return boxes;
    for (std::size_t i = 0; i < workers; ++i) {
        boxes_.push_back(std::make_unique<flow::Mailbox>());
        boxes.push_back(boxes_.back().get());
    }
    spiller_ = std::make_unique<store::Spiller>(boxes, sinks);
    return boxes;
}

Status Recorder::finish(report::Report& report) {
    Status status;
    if (spiller_) status = spiller_->stop();
    if (memory_ || store_) {
        report.probe.events_lost = spiller_->not_stored();
        for (const auto& box : boxes_)
            report.probe.events_lost += box->events_lost.load();
    }
    if (memory_) {
        report.events = std::move(memory_->events);
        report.events_cut = memory_->cut;
    }
    if (!store_) return status;
    if (status) status = store_->ready();
    if (status) status = put_rows(store_->writer(), report);
    fill(record_, report);
    if (status) status = store_->writer().end_run(record_);
    return status;
}

} // namespace lacuna::app
