#include "api/backend/live_backend.hpp"

#include "api/backend/row_helpers.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

using Clock = std::chrono::steady_clock;

/// What the run cannot answer was asked wrongly.
Problem failed(const Error& e) {
    return problem_of(e, 400);
}

Problem no_such_sa() {
    return {404, "the run holds no such SA", ""};
}

Problem stores_nothing() {
    return {404, "this run stores nothing; --db DIR would keep its events and time series", ""};
}

Outcome<std::uint64_t> cursor_of(const std::string& text) {
    std::uint64_t cursor = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, cursor);
    if (error != std::errc() || rest != end) return bad_cursor();
    return cursor;
}

std::uint32_t at_most(std::uint64_t n) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(n, telemetry::kMaxFlows));
}

} // namespace

Outcome<Backend*> LiveBackend::other(Run run) const {
    if (!run || *run == run_.id) return nullptr;
    if (history_ == nullptr)
        return Problem{404, fmt::format("no run {}: only this one, {}, is known", *run, run_.id),
                       "run"};
    return history_;
}

Outcome<store::RunRecord> LiveBackend::summary(Run run) {
    const auto elsewhere = other(run);
    if (!elsewhere) return elsewhere.error();
    if (*elsewhere != nullptr) return (*elsewhere)->summary(run);
    const auto now = live_.figures();
    if (!now) return failed(now.error());
    store::RunRecord record = run_;
    record.figures = **now;
    return record;
}

Outcome<Page<FlowRow>> LiveBackend::flows(Run run, const FlowFilter& filter, const Range& range) {
    const auto elsewhere = other(run);
    if (!elsewhere) return elsewhere.error();
    if (*elsewhere != nullptr) return (*elsewhere)->flows(run, filter, range);
    if (filter.any()) return filtered(filter, range);

    std::uint64_t left = range.limit;
    auto cursor = cursor_of(range.after.empty() ? "0" : range.after);
    if (!cursor) return cursor.error();
    Page<FlowRow> page;
    for (bool more = true, first = true; more && left != 0; first = false) {
        // Passing over rows is the worker's work.
        const bool pass = first && range.offset != 0;
        const auto some = pass ? live_.flows_at(range.offset, at_most(left))
                               : live_.flows(*cursor, at_most(left));
        if (!some) return failed(some.error());
        for (const flow::SaSummary& s : some->flows)
            page.entries.push_back({s, known_min_gap(s)});
        left -= std::min<std::uint64_t>(left, some->flows.size());
        page.count = some->total;
        cursor = some->next;
        more = some->more;
        page.next = more ? std::to_string(*cursor) : std::string();
    }
    return page;
}

/// All rows are looked through, a page at a time, for the sake of the count.
Outcome<Page<FlowRow>> LiveBackend::filtered(const FlowFilter& filter, const Range& range) const {
    if (!range.after.empty())
        return Problem{400, "a live listing with a filter goes on by offset", "after"};
    RowPage page(range, filter.sort);
    const auto each = each_row([&](const flow::SaSummary& s) {
        if (filter.passes(s)) page.add(s);
    });
    if (!each) return each.error();
    return page.take();
}

/// Problem 503: there are too many to be looked through in time.
Outcome<bool> LiveBackend::each_row(const std::function<void(const flow::SaSummary&)>& fn) const {
    const auto until = Clock::now() + kPatience;
    std::uint64_t cursor = 0;
    for (bool more = true; more;) {
        if (Clock::now() >= until)
            return Problem{503, "too many SAs to look through while packets flow", ""};
        const auto some = live_.flows(cursor, telemetry::kMaxFlows);
        if (!some) return failed(some.error());
        for (const flow::SaSummary& s : some->flows)
            fn(s);
        cursor = some->next;
        more = some->more;
    }
    return true;
}

Outcome<std::vector<FlowRow>> LiveBackend::flow(Run run, const wire::SaIdentity& id) {
    const auto elsewhere = other(run);
    if (!elsewhere) return elsewhere.error();
    if (*elsewhere != nullptr) return (*elsewhere)->flow(run, id);
    const auto holes = live_.holes(wire::sa_text(id));
    if (!holes) return failed(holes.error());
    std::vector<FlowRow> lives;
    if (*holes) {
        const telemetry::Holes& h = **holes;
        FlowRow row{h.sa, known_min_gap(h.sa)};
        if (!row.min_gap && !h.older_forgotten) row.min_gap = min_gap(h.latest);
        lives.push_back(row);
    }
    // What has left the flow table is in the store.
    if (history_ != nullptr)
        if (const auto stored = history_->flow(run_.id, id))
            for (const FlowRow& row : *stored)
                if (lives.empty() || row.s.first_time != lives.front().s.first_time)
                    lives.push_back(row);
    if (lives.empty()) return no_such_sa();
    return lives;
}

Outcome<Page<report::Gap>> LiveBackend::gaps(Run run, const EventQuery& query, const Range& range) {
    const auto elsewhere = other(run);
    if (!elsewhere) return elsewhere.error();
    if (*elsewhere != nullptr) return (*elsewhere)->gaps(run, query, range);
    if (!query.id || query.timed() || query.select.selects())
        return history_ != nullptr ? history_->gaps(run_.id, query, range) : stores_nothing();
    // Only pages of the store say where to go on.
    if (!range.after.empty())
        return history_ != nullptr ? history_->gaps(run_.id, query, range) : bad_cursor();
    const auto holes = live_.holes(wire::sa_text(*query.id));
    if (!holes) return failed(holes.error());
    // The store knows all lives of an SA, a moment later.
    const bool whole = *holes && !(*holes)->older_forgotten;
    if (!whole && history_ != nullptr) {
        auto stored = history_->gaps(run_.id, query, range);
        if (stored || !*holes) return stored;
    }
    if (!*holes) return no_such_sa();
    const telemetry::Holes& h = **holes;
    Page<report::Gap> page;
    page.complete = !h.older_forgotten;
    page.count = page.complete ? h.latest.size() : std::max(h.sa.gaps, h.latest.size());
    for (std::size_t i = range.offset; i < h.latest.size() && page.entries.size() < range.limit;
         ++i) {
        const flow::GapRun& g = h.latest[i];
        page.entries.push_back({*query.id, g.first_missing, g.next, g.time, g.blind});
    }
    return page;
}

Outcome<LatePage> LiveBackend::late(Run run, const EventQuery& query, const Range& range) {
    if (history_ == nullptr) return stores_nothing();
    return history_->late(run ? run : Run(run_.id), query, range);
}

Outcome<TunnelList> LiveBackend::tunnels(Run run, const std::optional<store::SpanQuestion>& span,
                                         const flow::Filter& select) {
    if (span && history_ == nullptr) return stores_nothing();
    if (span) return history_->tunnels(run, span, select);
    const auto elsewhere = other(run);
    if (!elsewhere) return elsewhere.error();
    if (*elsewhere != nullptr) return (*elsewhere)->tunnels(run, span, select);
    TunnelList list;
    const auto each = each_row([&](const flow::SaSummary& s) {
        if (select.matches(s)) list.tunnels.add(s);
    });
    if (!each) return each.error();
    return list;
}

Outcome<SpanPage> LiveBackend::in_span(const store::SpanQuestion& question,
                                       const std::optional<wire::SaIdentity>& id,
                                       const FlowFilter& filter, const Range& range) {
    if (history_ == nullptr) return stores_nothing();
    return history_->in_span(question, id, filter, range);
}

Outcome<Page<flow::Event>> LiveBackend::events(Run run, const EventQuery& query,
                                               const Range& range) {
    if (history_ == nullptr) return stores_nothing();
    return history_->events(run ? run : Run(run_.id), query, range);
}

Outcome<Page<store::Point>> LiveBackend::timeline(Run run, const TimelineQuery& query,
                                                  const Range& range) {
    if (history_ == nullptr) return stores_nothing();
    return history_->timeline(run ? run : Run(run_.id), query, range);
}

Outcome<telemetry::Snapshot> LiveBackend::snapshot() {
    return telemetry::take_snapshot(live_, version_);
}

Outcome<std::vector<store::RunRecord>> LiveBackend::runs() {
    std::vector<store::RunRecord> all;
    if (history_ != nullptr) {
        auto stored = history_->runs();
        if (!stored) return stored.error();
        for (store::RunRecord& r : *stored)
            if (r.id != run_.id) all.push_back(std::move(r));
    }
    const auto now = summary({});
    all.push_back(now ? *now : run_);
    return all;
}

} // namespace lacuna::api
