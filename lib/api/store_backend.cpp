#include "api/store_backend.hpp"

#include "api/row_place.hpp"
#include "flow/gap_fold.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

using Clock = std::chrono::steady_clock;

Problem failed(const Error& e) {
    return {e.exit_code == 1 ? 503 : 500, e.what, ""};
}

Problem no_such_sa() {
    return {404, "no such SA in this run", ""};
}

} // namespace

Result<std::unique_ptr<StoreBackend>> StoreBackend::open(const std::string& dir) {
    std::unique_ptr<StoreBackend> backend(new StoreBackend(dir));
    auto view = look(dir);
    if (!view) return view.error();
    backend->view_ = std::move(*view);
    return backend;
}

Result<StoreBackend::Shared> StoreBackend::look(const std::string& dir) {
    auto view = std::make_shared<View>();
    view->opened = Clock::now();
    auto reader = store::StoreReader::open(dir);
    if (!reader) return reader.error();
    view->reader = std::move(*reader);
    auto runs = view->reader->runs();
    if (!runs) return runs.error();
    view->runs = std::move(*runs);
    return view;
}

Outcome<StoreBackend::Shared> StoreBackend::view() {
    const std::lock_guard lock(mutex_);
    if (Clock::now() - view_->opened >= kFreshness) {
        auto fresh = look(dir_);
        if (!fresh) return failed(fresh.error());
        view_ = std::move(*fresh);
    }
    return view_;
}

Outcome<const store::RunRecord*> StoreBackend::choose(const View& view, Run run) {
    if (view.runs.empty()) return Problem{404, "the store holds no run", ""};
    if (!run) return &view.runs.back();
    const auto it = std::find_if(view.runs.begin(), view.runs.end(),
                                 [run](const store::RunRecord& r) { return r.id == *run; });
    if (it == view.runs.end())
        return Problem{404, fmt::format("no run {}; /api/v1/runs lists them", *run), "run"};
    return &*it;
}

Outcome<StoreBackend::Walked> StoreBackend::walk(View& view, store::RunId run) {
    const std::lock_guard lock(view.mutex);
    if (const auto known = view.walked.find(run); known != view.walked.end()) return known->second;
    Walked w;
    const Status s = view.reader->each_summary(run, nullptr, [&w](const flow::SaSummary& row) {
        w.first_time = w.rows == 0 ? row.first_time : std::min(w.first_time, row.first_time);
        w.last_time = w.rows == 0 ? row.last_time : std::max(w.last_time, row.last_time);
        w.totals.add(row);
        ++w.rows;
        return true;
    });
    if (!s) return failed(s.error());
    return view.walked[run] = w;
}

Outcome<std::vector<store::RunRecord>> StoreBackend::runs() {
    const auto view = this->view();
    if (!view) return view.error();
    return (*view)->runs;
}

Outcome<RunSummary> StoreBackend::summary(Run run) {
    const auto view = this->view();
    if (!view) return view.error();
    const auto record = choose(**view, run);
    if (!record) return record.error();
    const auto walked = walk(**view, (*record)->id);
    if (!walked) return walked.error();
    RunSummary summary{**record, (*record)->state == store::RunState::ended, walked->rows != 0,
                       walked->first_time, walked->last_time};
    if (!summary.packets_known) summary.run.totals = walked->totals;
    return summary;
}

/// The shortest gap, from the histogram where it tells, from the events where it does not.
Outcome<FlowRow> StoreBackend::with_min_gap(const View& view, store::RunId run,
                                            const flow::SaSummary& s) {
    FlowRow row{s, known_min_gap(s)};
    if (row.min_gap) return row;
    std::vector<flow::Event> events;
    const Status read = view.reader->each_event(run, &s.id, [&](const flow::Event& e) {
        if (e.row == s.first_time) events.push_back(e);
        return true;
    });
    if (!read) return failed(read.error());
    row.min_gap = min_gap(flow::fold_gaps(events));
    return row;
}

Outcome<FlowPage> StoreBackend::flows(Run run, const FlowQuery& query) {
    const auto view = this->view();
    if (!view) return view.error();
    const auto record = choose(**view, run);
    if (!record) return record.error();
    auto skip_to = RowPlace::parse(query.after);
    if (!query.after.empty() && !skip_to)
        return Problem{400, "not the \"next\" of an earlier page", "after"};

    FlowPage page;
    std::vector<flow::SaSummary> rows;
    std::uint64_t passed = 0;
    bool reached = !skip_to;
    const auto take = [&](const flow::SaSummary& s) {
        const bool behind = reached;
        if (!reached) reached = *skip_to == RowPlace{s.id, s.first_time};
        if (!query.filter.passes(s)) return true;
        ++page.count;
        if (!behind || passed++ < query.range.offset) return true;
        if (rows.size() < query.range.limit) rows.push_back(s);
        return true;
    };
    if (const Status s = (*view)->reader->each_summary((*record)->id, nullptr, take); !s)
        return failed(s.error());
    for (const flow::SaSummary& s : rows) {
        auto row = with_min_gap(**view, (*record)->id, s);
        if (!row) return row.error();
        page.rows.push_back(*row);
    }
    if (!rows.empty() && passed > query.range.offset + rows.size())
        page.next = RowPlace{rows.back().id, rows.back().first_time}.text();
    return page;
}

Outcome<std::vector<FlowRow>> StoreBackend::flow(Run run, const wire::SaIdentity& id) {
    const auto view = this->view();
    if (!view) return view.error();
    const auto record = choose(**view, run);
    if (!record) return record.error();
    std::vector<flow::SaSummary> lives;
    const Status s =
        (*view)->reader->each_summary((*record)->id, &id, [&lives](const flow::SaSummary& row) {
            lives.push_back(row);
            return true;
        });
    if (!s) return failed(s.error());
    if (lives.empty()) return no_such_sa();
    std::vector<FlowRow> rows;
    for (auto life = lives.rbegin(); life != lives.rend(); ++life) {
        auto row = with_min_gap(**view, (*record)->id, *life);
        if (!row) return row.error();
        rows.push_back(*row);
    }
    return rows;
}

Outcome<GapPage> StoreBackend::gaps(Run run, const wire::SaIdentity& id, Range range) {
    const auto view = this->view();
    if (!view) return view.error();
    const auto record = choose(**view, run);
    if (!record) return record.error();
    GapPage page;
    std::vector<flow::Event> events;
    const auto end_row = [&] {
        for (const flow::GapRun& gap : flow::fold_gaps(events)) {
            if (page.count++ < range.offset || page.gaps.size() == range.limit) continue;
            page.gaps.push_back({id, gap.first_missing, gap.next, gap.time, gap.blind});
        }
        events.clear();
    };
    bool any = false;
    const Status s = (*view)->reader->each_event((*record)->id, &id, [&](const flow::Event& e) {
        if (!events.empty() && events.front().row != e.row) end_row();
        events.push_back(e);
        return any = true;
    });
    if (!s) return failed(s.error());
    end_row();
    if (!any) { // an SA without events is known by its summary alone
        const Status known = (*view)->reader->each_summary(
            (*record)->id, &id, [&any](const flow::SaSummary&) { return !(any = true); });
        if (!known) return failed(known.error());
        if (!any) return no_such_sa();
    }
    return page;
}

} // namespace lacuna::api
