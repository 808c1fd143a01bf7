// What a store tells of single associations, and of what happened to them.
#include "api/backend/row_helpers.hpp"
#include "api/backend/store_backend.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::api {
namespace {

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
    if (!ids) return unreadable(ids.error());
    std::vector<flow::SaSummary> lives;
    const Status s = each_of(*ids, [&](const wire::SaIdentity& one) {
        return at->reader->each_summary(at->run.id, &one, [&](const flow::SaSummary& row) {
            if (lives.size() == kMaxPage) lives.erase(lives.begin());
            lives.push_back(row);
            return true;
        });
    });
    if (!s) return unreadable(s.error());
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

/// Where to begin so that `skip` gaps lie before: the latest mark at or before it, and how many are
/// left to pass over.
std::string StoreBackend::nearest_mark(const std::string& sa, std::uint64_t& skip) {
    const std::lock_guard lock(marks_mutex_);
    const auto known = marks_.find(sa);
    if (known == marks_.end()) return {};
    const std::uint64_t steps = std::min<std::uint64_t>(skip / kMarkEvery, known->second.size());
    if (steps == 0) return {};
    skip -= steps * kMarkEvery;
    return known->second[steps - 1];
}

void StoreBackend::put_mark(const std::string& sa, std::uint64_t gaps, std::string cursor) {
    const std::lock_guard lock(marks_mutex_);
    std::vector<std::string>& marks = marks_[sa];
    if (marks.size() != gaps / kMarkEvery - 1) return; // it is known
    if (++mark_count_ > kMaxMarks) {
        mark_count_ = 0;
        marks_.clear();
        return;
    }
    marks.push_back(std::move(cursor));
}

/// Gaps of one counter, or of all, into a page that begins `skip` of them further on. False: the
/// page is full.
Outcome<bool> StoreBackend::page_gaps(const Place& at, const wire::SaIdentity* id,
                                      const EventQuery& query, std::string_view after,
                                      const Range& range, GapPage& to) {
    const std::string sa =
        id != nullptr ? store::sa_prefix(at.run.id, *id) : store::run_key(at.run.id);
    const bool counted = to.whole && after.empty() && !query.timed();
    const std::uint64_t wanted = to.skip;
    std::string begin(after);
    if (counted) begin = nearest_mark(sa, to.skip);
    std::uint64_t passed = wanted - to.skip; // gaps of this counter before the next
    bool full = false;
    const auto walk = at.reader->each_gap(
        at.run.id, id,
        [&](const flow::Gap& gap) {
            if (gap.time < query.since || gap.time >= query.until) return true;
            if (to.skip == 0 && to.page.entries.size() == range.limit) {
                // How many there are of a span of time, no summary tells.
                if (query.timed()) return ++passed, true;
                to.page.next = cursor_to_text(store::gap_cursor(at.run.id, to.page.entries.back()));
                full = true;
                return false;
            }
            ++passed;
            if (counted && passed % kMarkEvery == 0)
                put_mark(sa, passed, store::gap_cursor(at.run.id, gap));
            if (to.skip != 0)
                --to.skip;
            else
                to.page.entries.push_back(gap);
            return true;
        },
        begin, to.budget);
    if (!walk) return walk.error().exit_code == 2 ? bad_cursor() : unreadable(walk.error());
    to.budget -= walk->events;
    to.page.complete = to.page.complete && walk->complete;
    to.page.count += passed;
    return !full;
}

Outcome<std::vector<const wire::SaIdentity*>>
StoreBackend::chosen(const Place& at, const EventQuery& query,
                     std::vector<wire::SaIdentity>& names) const {
    if (!query.id && !query.select.selects()) return std::vector<const wire::SaIdentity*>{nullptr};
    if (query.id) {
        auto found = at.reader->named(at.run.id, *query.id);
        if (!found) return unreadable(found.error());
        names = std::move(*found);
    }
    if (query.select.selects()) {
        std::vector<wire::SaIdentity> matching;
        const auto look = [&](const wire::SaIdentity* one) {
            return at.reader->each_summary(at.run.id, one, [&](const flow::SaSummary& row) {
                // Lives of an SA follow each other.
                const bool again = !matching.empty() && matching.back() == row.id;
                if (!again && query.select.matches(row)) matching.push_back(row.id);
                return true;
            });
        };
        const Status s =
            query.id ? each_of(names, [&](const wire::SaIdentity& one) { return look(&one); })
                     : look(nullptr);
        if (!s) return unreadable(s.error());
        names = std::move(matching);
    }
    std::vector<const wire::SaIdentity*> list;
    for (const wire::SaIdentity& name : names)
        list.push_back(&name);
    return list;
}

Outcome<Page<report::Gap>> StoreBackend::gaps(Run run, const EventQuery& query,
                                              const Range& range) {
    if (query.timed() && !range.after.empty())
        return Problem{400, "a listing of a span of time goes on by offset", "after"};
    const bool all_sas = !query.id && !query.select.selects();
    const auto at = place(run);
    if (!at) return at.error();
    std::vector<wire::SaIdentity> names;
    const auto ids = chosen(*at, query, names);
    if (!ids) return ids.error();
    const auto whole = at->reader->has_all_events(at->run.id);
    if (!whole) return unreadable(whole.error());
    auto after = cursor_from_text(range.after);
    if (!after) return after.error();
    auto from = ids->begin();
    if (!after->empty() && !all_sas) {
        from = std::find_if(from, ids->end(), [&](const wire::SaIdentity* one) {
            return after->starts_with(store::sa_prefix(at->run.id, *one));
        });
        if (from == ids->end()) return bad_cursor();
    }
    GapPage found{{}, *whole, range.offset, kMaxEvents};
    bool to_the_end = after->empty();
    for (std::string begin = *after; from != ids->end(); ++from, begin.clear()) {
        const auto more = page_gaps(*at, *from, query, begin, range, found);
        if (!more) return more.error();
        if (!*more) {
            to_the_end = false;
            break;
        }
    }
    Page<report::Gap>& page = found.page;
    if (to_the_end && page.complete && page.count != 0) return page;
    if (all_sas && query.timed()) return page;
    if (all_sas) {
        const auto all = walk(*at);
        if (!all) return all.error();
        page.count = std::max(page.count, all->totals.gaps);
        return page;
    }
    // An SA without gaps is known by its summary alone, which also counts what was not listed.
    std::uint64_t known = 0;
    std::uint64_t gaps = 0;
    const Status looked = each_of(names, [&](const wire::SaIdentity& one) {
        return at->reader->each_summary(at->run.id, &one, [&](const flow::SaSummary& row) {
            ++known;
            gaps += row.gaps;
            return true;
        });
    });
    if (!looked) return unreadable(looked.error());
    if (query.id && known == 0 && found.budget == kMaxEvents) return no_such_sa();
    if (!query.timed()) page.count = std::max(page.count, gaps);
    return page;
}

Outcome<LatePage> StoreBackend::late(Run run, const EventQuery& query, const Range& range) {
    const auto at = place(run);
    if (!at) return at.error();
    std::vector<wire::SaIdentity> names;
    const auto ids = chosen(*at, query, names);
    if (!ids) return ids.error();
    LatePage found;
    Collector<flow::Event> list(range);
    for (const wire::SaIdentity* one : *ids) {
        const Status s = at->reader->each_late(at->run.id, one, query.since, query.until,
                                               [&list](const flow::Event& e) {
                                                   list.add(e);
                                                   return true;
                                               });
        if (!s) return unreadable(s.error());
    }
    found.page = std::move(list.page);
    // The rows count all of them.
    std::uint64_t rows = 0;
    std::uint64_t all = 0;
    for (const wire::SaIdentity* one : *ids) {
        const Status s = at->reader->each_summary(at->run.id, one, [&](const flow::SaSummary& row) {
            ++rows;
            all += row.late + row.too_old + row.duplicates;
            return true;
        });
        if (!s) return unreadable(s.error());
    }
    if (query.id && rows == 0 && found.page.count == 0) return no_such_sa();
    if (query.since == INT64_MIN && query.until == INT64_MAX)
        found.all = std::max(all, found.page.count);
    return found;
}

Outcome<TunnelList> StoreBackend::tunnels(Run run, const std::optional<store::SpanQuestion>& span,
                                          const flow::Filter& select) {
    const auto at = place(run);
    if (!at) return at.error();
    TunnelList list;
    if (at->run.mka) list.tunnels = report::Tunnels(report::LinkNames(at->run.mka->participants));
    const auto add = [&](const flow::SaSummary& s) {
        if (select.matches(s)) list.tunnels.add(s);
        return true;
    };
    if (span) {
        auto answer = at->reader->each_in_span(*span, {}, add);
        if (!answer) return unreadable(answer.error());
        list.span = std::move(*answer);
    } else if (const Status s = at->reader->each_summary(at->run.id, nullptr, add); !s) {
        return unreadable(s.error());
    }
    return list;
}

Outcome<SpanPage> StoreBackend::in_span(const store::SpanQuestion& question,
                                        const std::optional<wire::SaIdentity>& id,
                                        const FlowFilter& filter, const Range& range) {
    const auto reader = this->reader();
    if (!reader) return reader.error();
    if (question.run)
        if (const auto at = place(question.run); !at) return at.error();
    if (!range.after.empty())
        return Problem{400, "a listing of a span of time goes on by offset", "after"};
    std::vector<wire::SaIdentity> names;
    if (id) {
        const auto runs = (*reader)->runs();
        if (!runs) return unreadable(runs.error());
        for (const store::RunRecord& run : *runs) {
            if (question.run && run.id != *question.run) continue;
            const auto found = (*reader)->named(run.id, *id);
            if (!found) return unreadable(found.error());
            for (const wire::SaIdentity& name : *found)
                if (std::find(names.begin(), names.end(), name) == names.end())
                    names.push_back(name);
        }
    }
    SpanPage result;
    RowPage rows(range, filter.sort);
    auto answer = (*reader)->each_in_span(question, names, [&](const flow::SaSummary& sa) {
        if (filter.passes(sa)) rows.add(sa);
        return true;
    });
    if (!answer) return unreadable(answer.error());
    result.span = std::move(*answer);
    result.page = rows.take();
    if (id && result.page.count == 0) return Problem{404, "no packets of this SA in that time", ""};
    return result;
}

Outcome<Page<flow::Event>> StoreBackend::events(Run run, const EventQuery& query,
                                                const Range& range) {
    const auto at = place(run);
    if (!at) return at.error();
    std::vector<wire::SaIdentity> names;
    const auto ids = chosen(*at, query, names);
    if (!ids) return ids.error();
    const auto order = [](const wire::SaIdentity& a, const wire::SaIdentity& b) {
        return std::memcmp(&a, &b, sizeof a) < 0;
    };
    if (!query.id) std::sort(names.begin(), names.end(), order);
    Collector<flow::Event> found(range);
    const auto add = [&](const flow::Event& e) {
        const bool meant = query.id || !query.select.selects()
                           || std::binary_search(names.begin(), names.end(), e.id, order);
        if (meant && e.time >= query.since && e.time < query.until) found.add(e);
        return range.counted || found.page.entries.size() < range.limit;
    };
    if (!query.id) {
        const Status s = at->reader->each_notable(at->run.id, query.since, query.until, add);
        if (!s) return unreadable(s.error());
        return found.page;
    }
    const Status s = each_of(names, [&](const wire::SaIdentity& one) {
        return at->reader->each_event(at->run.id, &one, add);
    });
    if (!s) return unreadable(s.error());
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
    if (!ids) return unreadable(ids.error());
    const wire::SaIdentity& id = ids->front();
    const Status s = at->reader->each_timeline(at->run.id, id, query.level, query.since,
                                               query.until, [&](const store::Point& point) {
                                                   found.add(point);
                                                   return true;
                                               });
    if (!s)
        return s.error().exit_code == 2 ? Problem{404, s.error().what, ""} : unreadable(s.error());
    if (found.page.count == 0) {
        bool known = false;
        const Status looked = at->reader->each_summary(
            at->run.id, &id, [&known](const flow::SaSummary&) { return !(known = true); });
        if (!looked) return unreadable(looked.error());
        if (!known) return no_such_sa();
    }
    return found.page;
}

} // namespace lacuna::api
