// What a store tells of single associations, and of what happened to them.
#include "api/backend/row_helpers.hpp"
#include "api/backend/store_backend.hpp"
#include "flow/gap_fold.hpp"

namespace lacuna::api {
namespace {

Problem failed(const Error& e) {
    return {e.exit_code == 1 ? 503 : 500, e.what, ""};
}

Problem no_such_sa() {
    return {404, "no such SA in this run", ""};
}

template <typename Each>
Status each_of(const std::vector<wire::SaIdentity>& ids, Each each) {
    for (const wire::SaIdentity& id : ids)
        if (Status s = each(id); !s) return s;
    return {};
}

/// Puts what a listing hands out into a page.
template <typename T>
class Collector {
public:
    explicit Collector(const Range& range) : range_(range) {}
    void add(const T& entry) {
        if (page.count++ >= range_.offset && page.entries.size() < range_.limit)
            page.entries.push_back(entry);
    }
    Page<T> page;

private:
    const Range& range_;
};

} // namespace

Outcome<std::vector<FlowRow>> StoreBackend::flow(Run run, const wire::SaIdentity& id) {
    const auto at = place(run);
    if (!at) return at.error();
    const auto ids = at->reader->named(at->run.id, id);
    if (!ids) return failed(ids.error());
    std::vector<flow::SaSummary> lives;
    const Status s = each_of(*ids, [&](const wire::SaIdentity& one) {
        return at->reader->each_summary(at->run.id, &one, [&](const flow::SaSummary& row) {
            if (lives.size() == kMaxPage) lives.erase(lives.begin());
            lives.push_back(row);
            return true;
        });
    });
    if (!s) return failed(s.error());
    if (lives.empty()) return no_such_sa();
    std::vector<FlowRow> rows;
    std::size_t budget = kMaxEvents;
    for (auto life = lives.rbegin(); life != lives.rend(); ++life) {
        auto row = with_min_gap(*at, *life, budget);
        if (!row) return row.error();
        rows.push_back(*row);
    }
    return rows;
}

Outcome<Page<report::Gap>> StoreBackend::gaps(Run run, const wire::SaIdentity& id,
                                              const Range& range) {
    const auto at = place(run);
    if (!at) return at.error();
    Collector<report::Gap> found(range);
    std::vector<flow::Event> events;
    const auto ids = at->reader->named(at->run.id, id);
    if (!ids) return failed(ids.error());
    const auto end_row = [&] {
        for (const flow::GapRun& gap : flow::fold_gaps(events))
            found.add({events.front().id, gap.first_missing, gap.next, gap.time, gap.blind});
        events.clear();
    };
    std::size_t budget = kMaxEvents;
    const Status s = each_of(*ids, [&](const wire::SaIdentity& one) {
        return at->reader->each_event(at->run.id, &one, [&](const flow::Event& e) {
            if (budget == 0) return found.page.complete = false;
            --budget;
            if (!events.empty() && (events.front().row != e.row || !(events.front().id == e.id)))
                end_row();
            events.push_back(e);
            return true;
        });
    });
    if (!s) return failed(s.error());
    if (!events.empty()) end_row();
    if (found.page.complete && found.page.count != 0) return found.page;
    // An SA without gaps is known by its summary alone, which also counts what was not listed.
    std::uint64_t known = 0;
    std::uint64_t gaps = 0;
    const Status looked = each_of(*ids, [&](const wire::SaIdentity& one) {
        return at->reader->each_summary(at->run.id, &one, [&](const flow::SaSummary& row) {
            ++known;
            gaps += row.gaps;
            return true;
        });
    });
    if (!looked) return failed(looked.error());
    if (known == 0 && found.page.complete && budget == kMaxEvents) return no_such_sa();
    if (!found.page.complete) found.page.count = std::max(found.page.count, gaps);
    return found.page;
}

Outcome<Page<flow::Event>> StoreBackend::events(Run run, const EventQuery& query,
                                                const Range& range) {
    const auto at = place(run);
    if (!at) return at.error();
    Collector<flow::Event> found(range);
    const auto add = [&](const flow::Event& e) {
        if (e.time >= query.since && e.time < query.until) found.add(e);
        return range.counted || found.page.entries.size() < range.limit;
    };
    if (!query.id) {
        const Status s = at->reader->each_notable(at->run.id, query.since, query.until, add);
        if (!s) return failed(s.error());
        return found.page;
    }
    const auto ids = at->reader->named(at->run.id, *query.id);
    if (!ids) return failed(ids.error());
    const Status s = each_of(*ids, [&](const wire::SaIdentity& one) {
        return at->reader->each_event(at->run.id, &one, add);
    });
    if (!s) return failed(s.error());
    return found.page;
}

Outcome<Page<store::Point>> StoreBackend::timeline(Run run, const TimelineQuery& query,
                                                   const Range& range) {
    const auto at = place(run);
    if (!at) return at.error();
    if (at->run.series_interval == 0) return Problem{404, "this run keeps no time series", ""};
    Collector<store::Point> found(range);
    if (!query.id) {
        const auto all = course(*at, query.level);
        if (!all) return all.error();
        for (const store::Point& p : *all->points)
            if (p.start + p.length > query.since && p.start < query.until) found.add(p);
        return found.page;
    }
    const auto ids = at->reader->named(at->run.id, *query.id);
    if (!ids) return failed(ids.error());
    const wire::SaIdentity& id = ids->front();
    const Status s = at->reader->each_timeline(at->run.id, id, query.level, query.since,
                                               query.until, [&](const store::Point& point) {
                                                   found.add(point);
                                                   return true;
                                               });
    if (!s) return s.error().exit_code == 2 ? Problem{404, s.error().what, ""} : failed(s.error());
    if (found.page.count == 0) {
        bool known = false;
        const Status looked = at->reader->each_summary(
            at->run.id, &id, [&known](const flow::SaSummary&) { return !(known = true); });
        if (!looked) return failed(looked.error());
        if (!known) return no_such_sa();
    }
    return found.page;
}

} // namespace lacuna::api
