#include "recorder.hpp"

#include "base/time_text.hpp"
#include "store/wall_clock.hpp"
#include "streams.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Events kept in memory for --gaps: 10 M are 800 MB.
constexpr std::size_t kMaxGathered = 10'000'000;
constexpr std::size_t kSummaryBatch = 512;
/// Rows sorted at a time.
constexpr std::size_t kPlaces = 65'536;

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
    run.final_lost = report.totals.lost;
    run.probe = {report.probe.rx_missed, report.probe.rx_nombuf, report.probe.ring_full,
                 report.probe.table_full};
    run.summary_lag = 0;
    run.ended = store::wall_clock();
    for (const flow::Tracker* tracker : report.shards) {
        if (tracker->counters().created == 0) continue;
        const TimeNs first = tracker->earliest();
        run.earliest = run.earliest == 0 ? first : std::min(run.earliest, first);
        run.latest = run.latest == 0 ? tracker->latest() : std::max(run.latest, tracker->latest());
    }
}

/// Where a row lies, and about where among the keys of the store its summary goes.
struct Place {
    std::uint64_t order;
    const flow::Tracker* tracker;
    std::size_t row;
};

Status put_places(store::StoreWriter& store, std::vector<Place>& places,
                  std::vector<flow::SaSummary>& batch) {
    std::sort(places.begin(), places.end(),
              [](const Place& a, const Place& b) { return a.order < b.order; });
    for (std::size_t done = 0; done < places.size();) {
        const std::size_t n = std::min(batch.size(), places.size() - done);
        for (std::size_t i = 0; i < n; ++i)
            places[done + i].tracker->summarize(places[done + i].row, batch[i]);
        if (Status s = store.put_summaries({batch.data(), n}); !s) return s;
        done += n;
    }
    places.clear();
    return {};
}

/// In the order of their keys, as far as it goes: RocksDB then finds the place of each beside the
/// one before.
Status put_rows(store::StoreWriter& store, const report::Report& report) {
    std::vector<flow::SaSummary> batch(kSummaryBatch);
    std::vector<Place> places;
    places.reserve(kPlaces);
    for (const flow::Tracker* tracker : report.shards) {
        for (std::size_t row = 0; row < tracker->row_limit(); ++row) {
            if (!tracker->row_used(row)) continue;
            places.push_back({store::key_order(tracker->identity(row)), tracker, row});
            if (places.size() < kPlaces) continue;
            if (Status s = put_places(store, places, batch); !s) return s;
        }
    }
    return put_places(store, places, batch);
}

} // namespace

std::unique_ptr<Recorder> Recorder::open(const CommonOptions& options, const std::string& command,
                                         const std::vector<std::string>& inputs,
                                         OnFailure on_failure,
                                         std::vector<std::pair<std::string, std::string>> config) {
    std::unique_ptr<Recorder> r(new Recorder);
    if (options.view.gaps) r->memory_ = std::make_unique<store::MemorySink>(kMaxGathered);
    r->on_failure_ = on_failure;
    r->options_ = options.store;
    r->record_.id = 1;
    r->record_.started = store::wall_clock();
    r->record_.command = command;
    r->record_.inputs = inputs;
    r->record_.series_interval = options.tracker.sample_periods * flow::kPeriod;
    r->record_.config = {{"window", fmt::format("{}", options.tracker.window)},
                         {"max_flows", fmt::format("{}", options.tracker.max_flows)},
                         {"idle_timeout_s", fmt::format("{}", options.idle_timeout_s)}};
    if (!config.empty()) r->record_.config = std::move(config);
    if (!options.db.empty())
        r->store_ = std::make_unique<PendingStore>(options.db, r->record_, r->options_.limits);
    return r;
}

void Recorder::say(const std::string& line) {
    const std::lock_guard lock(mutex_);
    remarks_.push_back(line);
}

std::vector<std::string> Recorder::take_remarks() {
    const std::lock_guard lock(mutex_);
    return std::exchange(remarks_, {});
}

void Recorder::say_crashed() {
    const auto& crashed = store_->writer().crashed();
    if (crashed.empty()) return;
    std::string runs;
    for (const store::RunRecord& run : crashed)
        runs += fmt::format("{}{}", runs.empty() ? "" : ", ", run.id);
    say(fmt::format("{}: run {} did not end; what was stored until {} is kept, as crashed",
                    store_->dir(), runs, rfc3339(crashed.back().ended)));
}

Status Recorder::opened() {
    if (!store_) return {};
    if (Status s = store_->ready(); !s) return s;
    record_.id = store_->writer().run();
    say_crashed();
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

std::uint64_t Recorder::not_stored() const {
    std::uint64_t n = spiller_->not_stored();
    for (const auto& box : boxes_)
        n += box->events_lost.load(std::memory_order_relaxed);
    return n;
}

void Recorder::follow(store::LiveSource source) {
    if (!store_) return;
    source.not_stored = [this] { return not_stored(); };
    store::LiveSpillOptions options;
    options.interval = std::chrono::nanoseconds(options_.spill_interval);
    options.resume = on_failure_ == OnFailure::go_on;
    options.say = [this](const std::string& line) { say(line); };
    const auto writer = [this] { return store_->ready() ? &store_->writer() : nullptr; };
    live_ = std::make_unique<store::LiveSpill>(writer, record_, std::move(source),
                                               std::move(options), options_.limits.any());
}

std::optional<store::SpillFigures> Recorder::figures() const {
    if (!live_) return std::nullopt;
    return live_->figures();
}

Status Recorder::finish_store(const report::Report& report) {
    store::StoreWriter& writer = store_->writer();
    // What failed meanwhile counts only if it cannot be mended.
    if (on_failure_ == OnFailure::go_on)
        if (Status s = writer.resume(); !s) return s;
    writer.prepare_end();
    if (Status s = put_rows(writer, report); !s) return s;
    fill(record_, report);
    record_.not_stored = report.probe.events_lost;
    if (options_.limits.any())
        if (Status s = writer.enforce(store::wall_clock()); !s) return s;
    if (const store::Removed gone = writer.removed(); gone.runs + gone.points + gone.events != 0)
        say(fmt::format("removed from the store to keep to its limits: {} runs; of this one {} "
                        "points of time series and {} events",
                        gone.runs, gone.points, gone.events));
    return writer.end_run(record_);
}

Status Recorder::finish(report::Report& report) {
    Status status;
    unfollow();
    if (spiller_) status = spiller_->stop();
    if (memory_ || store_) report.probe.events_lost = not_stored();
    if (memory_) {
        report.events = std::move(memory_->events);
        report.events_cut = memory_->cut;
    }
    if (!store_) return status;
    if (Status s = store_->ready(); !s) return s;
    if (status || on_failure_ == OnFailure::go_on) status = finish_store(report);
    return status;
}

void show_remarks(Recorder& recorder, const CommonOptions& options) {
    for (const std::string& line : recorder.take_remarks())
        if (!options.quiet) remark(line);
}

} // namespace lacuna::app
