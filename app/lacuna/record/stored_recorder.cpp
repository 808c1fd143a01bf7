#include "record/stored_recorder.hpp"

#include "base/time_text.hpp"
#include "base/wall_clock.hpp"
#include "store/records/damage.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

constexpr std::size_t kSummaryBatch = 512;
/// Rows sorted at a time.
constexpr std::size_t kPlaces = 65'536;

/// A row, and about where among the keys of the store its summary goes.
struct Place {
    std::uint64_t order;
    flow::HeldRow ref;
};

Status put_places(store::StoreWriter& store, const flow::HeldRows& rows, std::vector<Place>& places,
                  std::vector<flow::SaSummary>& batch) {
    std::sort(places.begin(), places.end(),
              [](const Place& a, const Place& b) { return a.order < b.order; });
    for (std::size_t done = 0; done < places.size();) {
        const std::size_t n = std::min(batch.size(), places.size() - done);
        for (std::size_t i = 0; i < n; ++i)
            rows.read(places[done + i].ref, batch[i]);
        if (Status s = store.put_summaries({batch.data(), n}); !s) return s;
        done += n;
    }
    places.clear();
    return {};
}

/// In the order of their keys, as far as it goes: RocksDB then finds the place of each beside the
/// one before.
Status put_rows(store::StoreWriter& store, const flow::HeldRows& rows) {
    std::vector<flow::SaSummary> batch(kSummaryBatch);
    std::vector<Place> places;
    places.reserve(kPlaces);
    Status status;
    rows.each([&](flow::HeldRow ref) {
        if (!status) return;
        places.push_back({store::key_order(rows.identity(ref)), ref});
        if (places.size() == kPlaces) status = put_places(store, rows, places, batch);
    });
    return status ? put_places(store, rows, places, batch) : status;
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
    if (store_.writer().log_damaged()) say(fmt::format("{}: {}", store_.dir(), store::kLogDamaged));
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

void StoredRecorder::begin_following(store::RunWatch watch) {
    watch.not_stored = [this] { return not_stored(); };
    store::LiveSpillOptions options;
    options.interval = std::chrono::nanoseconds(options_.spill_interval);
    options.resume = on_failure_ == OnFailure::go_on;
    options.say = [this](const std::string& line) { say(line); };
    const auto writer = [this] { return store_.ready() ? &store_.writer() : nullptr; };
    live_ = std::make_unique<store::LiveSpill>(writer, record_, std::move(watch),
                                               std::move(options), options_.limits.any());
}

std::optional<store::StoreFigures> StoredRecorder::figures() const {
    if (!live_) return std::nullopt;
    return live_->figures();
}

Status StoredRecorder::finish_store(const report::Report& report) {
    store::StoreWriter& writer = store_.writer();
    // What failed meanwhile counts only if it cannot be mended.
    if (on_failure_ == OnFailure::go_on)
        if (Status s = writer.resume(); !s) return s;
    writer.prepare_end();
    if (Status s = put_rows(writer, report.rows); !s) return s;
    if (Status s = writer.put_events(report.rows.silence_events()); !s) return s;
    record_.figures = report.figures;
    if (report.figures.mka)
        record_.mka =
            std::make_shared<const store::MkaRecord>(store::MkaRecord::of(*report.figures.mka));
    record_.summary_lag = 0;
    record_.ended = wall_clock();
    if (options_.limits.any())
        if (Status s = writer.enforce(wall_clock()); !s) return s;
    if (const store::Removed gone = writer.removed(); gone.runs + gone.points + gone.events != 0)
        say(fmt::format("removed from the store to keep to its limits: {} runs; of this one {} "
                        "points of time series and {} events",
                        gone.runs, gone.points, gone.events));
    return writer.end_run(record_);
}

Status StoredRecorder::finish(report::Report& report) {
    end_following();
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
