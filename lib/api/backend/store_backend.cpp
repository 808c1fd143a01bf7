#include "api/backend/store_backend.hpp"

#include "api/backend/row_helpers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

/// Runs whose walks are remembered.
constexpr std::size_t kMaxWalked = 1000;
/// Series of whole runs that are remembered.
constexpr std::size_t kMaxCourses = 16;
/// A run that grows is walked again only after so many times what that took.
constexpr int kRest = 20;

} // namespace

Result<std::unique_ptr<StoreBackend>> StoreBackend::open(const std::string& dir,
                                                         std::string version) {
    std::unique_ptr<StoreBackend> backend(new StoreBackend(dir, std::move(version)));
    auto reader = store::StoreReader::open(dir, store::StoreReader::Mode::follow);
    if (!reader) return reader.error();
    backend->reader_ = std::move(*reader);
    backend->looked_ = Clock::now();
    return backend;
}

/// As fresh as it has to be.
Outcome<StoreBackend::Reader> StoreBackend::reader() {
    const std::lock_guard lock(mutex_);
    if (Clock::now() - looked_ < kFreshness) return reader_;
    if (!reader_->catch_up()) {
        auto anew = store::StoreReader::open(dir_, store::StoreReader::Mode::follow);
        if (!anew) return unreadable(anew.error());
        reader_ = std::move(*anew);
    }
    looked_ = Clock::now();
    return reader_;
}

Outcome<StoreBackend::Place> StoreBackend::place(Run run) {
    const auto reader = this->reader();
    if (!reader) return reader.error();
    auto record = run ? (*reader)->run(*run) : (*reader)->latest_run();
    if (!record) return unreadable(record.error());
    if (*record) return Place{*reader, std::move(**record)};
    return run ? Problem{404, fmt::format("no run {}; /api/v1/runs lists them", *run), "run"}
               : Problem{404, "the store holds no run", ""};
}

/// Of what was worked out since `begun`.
StoreBackend::Clock::time_point StoreBackend::good_until(const Place& at, Clock::time_point begun) {
    if (at.run.state == store::RunState::ended) return Clock::time_point::max();
    const auto now = Clock::now();
    return now + std::max<Clock::duration>(kFreshness, (now - begun) * kRest);
}

Outcome<StoreBackend::Walked> StoreBackend::walk(const Place& at) {
    const std::lock_guard lock(walk_mutex_);
    const auto begun = Clock::now();
    if (const auto known = walked_.find(at.run.id);
        known != walked_.end() && begun < known->second.good_until)
        return known->second;
    Walked w;
    const Status s = at.reader->each_summary(at.run.id, nullptr, [&w](const flow::SaSummary& row) {
        w.first_time = w.rows == 0 ? row.first_time : std::min(w.first_time, row.first_time);
        w.last_time = w.rows == 0 ? row.last_time : std::max(w.last_time, row.last_time);
        w.totals.add(row);
        ++w.rows;
        return true;
    });
    if (!s) return unreadable(s.error());
    w.good_until = good_until(at, begun);
    if (walked_.size() >= kMaxWalked) walked_.clear();
    return walked_[at.run.id] = w;
}

Outcome<StoreBackend::Course> StoreBackend::course(const Place& at, store::Level level) {
    const std::lock_guard lock(course_mutex_);
    const auto begun = Clock::now();
    const std::pair key(at.run.id, level);
    if (const auto known = courses_.find(key);
        known != courses_.end() && begun < known->second.good_until)
        return known->second;
    std::vector<store::Point> points;
    const Status s = at.reader->each_run_point(at.run.id, level, [&points](const store::Point& p) {
        points.push_back(p);
        return true;
    });
    if (!s)
        return s.error().exit_code == 2 ? Problem{404, s.error().what, ""} : unreadable(s.error());
    if (courses_.size() >= kMaxCourses) courses_.clear();
    return courses_[key] =
               Course{std::make_shared<const std::vector<store::Point>>(std::move(points)),
                      good_until(at, begun)};
}

Outcome<std::vector<store::RunRecord>> StoreBackend::runs() {
    const auto reader = this->reader();
    if (!reader) return reader.error();
    auto all = (*reader)->runs();
    if (!all) return unreadable(all.error());
    return std::move(*all);
}

Outcome<store::RunRecord> StoreBackend::summary(Run run) {
    const auto at = place(run);
    if (!at) return at.error();
    store::RunRecord record = at->run;
    flow::RunFigures& figures = record.figures;
    const bool summed = record.state == store::RunState::ended || figures.timed();
    if (summed && figures.latest != 0) return record;
    // Of an older program, or of a writer that told nothing before it died.
    const auto walked = walk(*at);
    if (!walked) return walked.error();
    figures.earliest = walked->first_time;
    figures.latest = walked->last_time;
    if (!summed) figures.totals = walked->totals;
    return record;
}

/// The shortest gap, from the histogram where it tells, from the events where it does not.
Outcome<FlowRow> StoreBackend::with_min_gap(const Place& at, const flow::SaSummary& s,
                                            std::uint64_t& budget) const {
    FlowRow row{s, known_min_gap(s)};
    if (row.min_gap) return row;
    std::uint64_t least = UINT64_MAX;
    const auto look = [&](const flow::Gap& gap) {
        if (gap.row == s.first_time)
            least = std::min(least, static_cast<std::uint64_t>(gap.next - gap.first_missing));
        return true;
    };
    const auto walk = at.reader->each_gap(at.run.id, &s.id, look, {}, budget);
    if (!walk) return unreadable(walk.error());
    budget -= walk->events;
    if (walk->complete) row.min_gap = least != UINT64_MAX ? least : 0;
    return row;
}

Outcome<Page<FlowRow>> StoreBackend::flows(Run run, const FlowFilter& filter, const Range& range) {
    const auto at = place(run);
    if (!at) return at.error();
    if (filter.any()) return filtered(*at, filter, range);
    const auto all = walk(*at);
    if (!all) return all.error();
    auto cursor = cursor_from_text(range.after);
    if (!cursor) return cursor.error();
    std::vector<flow::SaSummary> rows;
    std::uint64_t skip = range.offset;
    const Status s = at->reader->each_summary(
        at->run.id, nullptr,
        [&](const flow::SaSummary& row) {
            if (skip != 0)
                --skip;
            else
                rows.push_back(row);
            return rows.size() < range.limit;
        },
        &*cursor);
    if (!s) return s.error().exit_code == 2 ? bad_cursor() : unreadable(s.error());
    Page<FlowRow> page;
    std::uint64_t budget = kMaxEvents;
    for (const flow::SaSummary& row : rows) {
        auto whole = with_min_gap(*at, row, budget);
        if (!whole) return whole.error();
        page.entries.push_back(*whole);
    }
    page.next = rows.size() < range.limit ? std::string() : cursor_to_text(*cursor);
    page.count = std::max<std::uint64_t>(all->rows, rows.size());
    return page;
}

/// All rows are looked through, for the sake of the count.
Outcome<Page<FlowRow>> StoreBackend::filtered(const Place& at, const FlowFilter& filter,
                                              const Range& range) const {
    if (!range.after.empty())
        return Problem{400, "a listing with a filter goes on by offset", "after"};
    RowPage rows(range, filter.sort);
    const Status s = at.reader->each_summary(at.run.id, nullptr, [&](const flow::SaSummary& row) {
        if (filter.passes(row)) rows.add(row);
        return true;
    });
    if (!s) return unreadable(s.error());
    Page<FlowRow> page = rows.take();
    std::uint64_t budget = kMaxEvents;
    for (FlowRow& row : page.entries) {
        auto whole = with_min_gap(at, row.s, budget);
        if (!whole) return whole.error();
        row = *whole;
    }
    return page;
}

Outcome<telemetry::Snapshot> StoreBackend::snapshot() {
    const auto at = place({});
    if (!at) return at.error();
    store::StoreFigures figures;
    figures.written = false;
    figures.bytes = at->reader->size();
    return telemetry::take_snapshot(at->run, figures, version_);
}

} // namespace lacuna::api
