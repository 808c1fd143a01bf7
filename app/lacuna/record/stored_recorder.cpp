#include "record/stored_recorder.hpp"

#include "base/time_text.hpp"
#include "store/write/wall_clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

constexpr std::size_t kSummaryBatch = 512;
/// Rows sorted at a time.
constexpr std::size_t kPlaces = 65'536;

void fill(store::RunRecord& run, const report::Report& report) {
    const wire::FrameCounts& f = *report.frames;
    run.offered = f.offered + report.dropped;
    run.take_classes([&f](wire::FrameClass c) { return f.of(c); });
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

StoredRecorder::StoredRecorder(const CommonOptions& options, const std::string& command,
                               const std::vector<std::string>& inputs, OnFailure on_failure,
                               Config config)
    : Recorder(options, command, inputs, std::move(config)), on_failure_(on_failure),
      options_(options.store), store_(options.db, record_, options_.limits) {}

/// What the threads use goes after them.
StoredRecorder::~StoredRecorder() {
    live_.reset();
    stop_spilling();
}

void StoredRecorder::say_crashed() {
    const auto& crashed = store_.writer().crashed();
    if (crashed.empty()) return;
    std::string runs;
    for (const store::RunRecord& run : crashed)
        runs += fmt::format("{}{}", runs.empty() ? "" : ", ", run.id);
    say(fmt::format("{}: run {} did not end; what was stored until {} is kept, as crashed",
                    store_.dir(), runs, rfc3339(crashed.back().ended)));
}

Status StoredRecorder::opened() {
    if (Status s = store_.ready(); !s) return s;
    record_.id = store_.writer().run();
    say_crashed();
    return {};
}

void StoredRecorder::follow(store::LiveSource source) {
    source.not_stored = [this] { return not_stored(); };
    store::LiveSpillOptions options;
    options.interval = std::chrono::nanoseconds(options_.spill_interval);
    options.resume = on_failure_ == OnFailure::go_on;
    options.say = [this](const std::string& line) { say(line); };
    const auto writer = [this] { return store_.ready() ? &store_.writer() : nullptr; };
    live_ = std::make_unique<store::LiveSpill>(writer, record_, std::move(source),
                                               std::move(options), options_.limits.any());
}

std::optional<store::SpillFigures> StoredRecorder::figures() const {
    if (!live_) return std::nullopt;
    return live_->figures();
}

Status StoredRecorder::finish_store(const report::Report& report) {
    store::StoreWriter& writer = store_.writer();
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

Status StoredRecorder::finish(report::Report& report) {
    unfollow();
    Status status = Recorder::finish(report);
    if (Status s = store_.ready(); !s) return s;
    if (status || on_failure_ == OnFailure::go_on) status = finish_store(report);
    return status;
}

std::unique_ptr<Recorder> open_recorder(const CommonOptions& options, const std::string& command,
                                        const std::vector<std::string>& inputs,
                                        OnFailure on_failure, Recorder::Config config) {
    if (options.db.empty())
        return std::make_unique<Recorder>(options, command, inputs, std::move(config));
    return std::make_unique<StoredRecorder>(options, command, inputs, on_failure,
                                            std::move(config));
}

} // namespace lacuna::app
