// What the routes ask, whoever answers: a store, or a run under way.
#pragma once

#include "api/message.hpp"
#include "report/rows.hpp"
#include "store/records.hpp"

#include <optional>

namespace lacuna::api {

/// Most entries of one page.
inline constexpr std::int64_t kMaxPage = 1000;
inline constexpr std::int64_t kUsualPage = 100;

/// A run as a whole.
struct RunSummary {
    store::RunRecord run;      ///< totals as far as they are known: of an open run, up to now
    bool packets_known = true; ///< false: frame counts of an open run are not stored yet
    bool timed = false;        ///< there was a packet of an SA, so that the times are known
    TimeNs first_time = 0;     ///< of the first of them
    TimeNs last_time = 0;
};

struct FlowFilter {
    std::optional<std::int64_t> min_bytes;
    std::optional<std::int64_t> max_bytes;
    std::optional<double> min_mbps;
    std::optional<double> max_mbps;

    bool any() const { return min_bytes || max_bytes || min_mbps || max_mbps; }
    bool passes(const flow::SaSummary& s) const;
    friend bool operator==(const FlowFilter&, const FlowFilter&) = default;
};

/// One life of an SA, and what its summary does not tell.
struct FlowRow {
    flow::SaSummary s;
    std::optional<std::uint64_t> min_gap; ///< the smallest gap; 0: there is none; empty: not known
};

struct Range {
    std::uint64_t offset = 0;
    std::uint64_t limit = kUsualPage; ///< 1 - kMaxPage
};

struct FlowQuery {
    FlowFilter filter;
    Range range;
    std::string after; ///< where an earlier page ended, as it said; empty: from the beginning
};

/// `count`: all that were found, of which these are a part.
struct FlowPage {
    std::uint64_t count = 0;
    std::vector<FlowRow> rows;
    std::string next; ///< for FlowQuery::after; empty: these were the last
};

struct GapPage {
    std::uint64_t count = 0;
    std::vector<report::Gap> gaps;
    bool complete = true; ///< false: a run that stores nothing has forgotten the oldest
};

/// Thread-safe: any number of threads ask at once. Answers are of one moment each, and later ones
/// never of an earlier moment. Problems: 404 for a run or an SA there is not, 503 for what does not
/// answer now, 500 for a damaged store.
class Backend {
public:
    using Run = std::optional<store::RunId>; ///< empty: the latest

    virtual ~Backend() = default;
    /// "store" or "live".
    virtual const char* source() const = 0;
    virtual Outcome<RunSummary> summary(Run run) = 0;
    /// In an order that stays while the run grows.
    virtual Outcome<FlowPage> flows(Run run, const FlowQuery& query) = 0;
    /// All lives of an SA, the latest first; not empty.
    virtual Outcome<std::vector<FlowRow>> flow(Run run, const wire::SaIdentity& id) = 0;
    /// By row, instance and number.
    virtual Outcome<GapPage> gaps(Run run, const wire::SaIdentity& id, Range range) = 0;
    /// Oldest first.
    virtual Outcome<std::vector<store::RunRecord>> runs() = 0;
};

} // namespace lacuna::api
