// What the routes ask, whoever answers: a store, or a run under way.
#pragma once

#include "api/message.hpp"
#include "flow/fields/field.hpp"
#include "flow/select/filter.hpp"
#include "report/rows.hpp"
#include "report/tunnels.hpp"
#include "store/read/series.hpp"
#include "store/read/span.hpp"
#include "store/records/records.hpp"
#include "telemetry/snapshot.hpp"

#include <optional>

namespace lacuna::api {

/// Most entries of one page.
inline constexpr std::int64_t kMaxPage = 1000;
inline constexpr std::int64_t kUsualPage = 100;
/// Entries of a sorted list up to the end of a page.
inline constexpr std::int64_t kMaxSorted = 10'000;
/// Of events, for who reads them within the program.
inline constexpr std::uint64_t kMaxEventPage = 20'000;

struct FlowFilter {
    std::optional<std::int64_t> min_bytes;
    std::optional<std::int64_t> max_bytes;
    std::optional<double> min_mbps;
    std::optional<double> max_mbps;
    flow::Filter select;
    const flow::Field* sort = nullptr; ///< those with most of it first; null: as they come

    bool any() const {
        return min_bytes || max_bytes || min_mbps || max_mbps || select.selects()
               || sort != nullptr;
    }
    bool passes(const flow::SaSummary& s) const;
};

/// One life of an SA, and what its summary does not tell.
struct FlowRow {
    flow::SaSummary s;
    std::optional<std::uint64_t> min_gap; ///< the smallest gap; 0: there is none; empty: not known
};

struct Range {
    std::uint64_t offset = 0;
    std::uint64_t limit = kUsualPage; ///< 1 - kMaxPage; events: 1 - kMaxEventPage
    std::string after;   ///< where an earlier page ended, as it said; empty: from the beginning
    bool counted = true; ///< events: false: what is behind the page need not be counted
};

/// A part of what was found.
template <typename T>
struct Page {
    std::uint64_t count = 0; ///< all that were found
    std::vector<T> entries;
    std::string next;     ///< for Range::after; empty: these were the last, or it goes on by offset
    bool complete = true; ///< false: there are more than could be kept, or be looked at
};

/// Late packets, and how many there were, listed or not.
struct LatePage {
    Page<flow::Event> page;
    std::optional<std::uint64_t> all; ///< empty: of a span of time nobody knows
};

/// What SAs did in a span of time.
struct SpanPage {
    store::SpanAnswer span;
    Page<FlowRow> page;
};

/// Tunnels of a run, or of a span of time.
struct TunnelList {
    report::Tunnels tunnels;
    std::optional<store::SpanAnswer> span;
};

/// Events to list: the notable ones of all SAs and of the probe, or all of one SA.
struct EventQuery {
    std::optional<wire::SaIdentity> id;
    TimeNs since = INT64_MIN; ///< since <= time < until
    TimeNs until = INT64_MAX;
    flow::Filter select = {}; ///< only of SAs it matches

    bool timed() const { return since != INT64_MIN || until != INT64_MAX; }
};

struct TimelineQuery {
    std::optional<wire::SaIdentity> id; ///< empty: all SAs together
    store::Level level = store::Level::fine;
    TimeNs since = INT64_MIN; ///< intervals that end after `since` and begin before `until`
    TimeNs until = INT64_MAX;
};

/// Thread-safe: any number of threads ask at once. Later answers are never of an earlier moment.
/// Problems: 400 for a cursor that is none, 404 for a run or an SA there is not, 503 for what does
/// not answer now, 500 for a damaged store.
class Backend {
public:
    using Run = std::optional<store::RunId>; ///< empty: the latest

    virtual ~Backend() = default;
    /// "store" or "live".
    virtual const char* source() const = 0;
    /// A run as a whole: figures of an open one are those up to now, as far as they are known.
    virtual Outcome<store::RunRecord> summary(Run run) = 0;
    /// In an order that stays while the run grows.
    virtual Outcome<Page<FlowRow>> flows(Run run, const FlowFilter& filter, const Range& range) = 0;
    /// All lives of an SA, the latest first; not empty.
    virtual Outcome<std::vector<FlowRow>> flow(Run run, const wire::SaIdentity& id) = 0;
    /// Those that were revealed in the time of the query, by row, instance and number; without an
    /// id of all SAs, by identity.
    virtual Outcome<Page<report::Gap>> gaps(Run run, const EventQuery& query,
                                            const Range& range) = 0;
    /// By time; without an id of all SAs, by identity.
    virtual Outcome<LatePage> late(Run run, const EventQuery& query, const Range& range) = 0;
    /// By identity, over all runs of the span.
    virtual Outcome<SpanPage> in_span(const store::SpanQuestion& question,
                                      const std::optional<wire::SaIdentity>& id,
                                      const FlowFilter& filter, const Range& range) = 0;
    /// `span`: what happened then; else the whole of the run. Of SAs that `select` matches.
    virtual Outcome<TunnelList> tunnels(Run run, const std::optional<store::SpanQuestion>& span,
                                        const flow::Filter& select) = 0;
    /// By time; of one SA, as they happened.
    virtual Outcome<Page<flow::Event>> events(Run run, const EventQuery& query,
                                              const Range& range) = 0;
    virtual Outcome<Page<store::Point>> timeline(Run run, const TimelineQuery& query,
                                                 const Range& range) = 0;
    /// Oldest first.
    virtual Outcome<std::vector<store::RunRecord>> runs() = 0;
    /// Of the latest run and of this process.
    virtual Outcome<telemetry::Snapshot> snapshot() = 0;
};

} // namespace lacuna::api
