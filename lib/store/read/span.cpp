// Cumulative figures at the end of a span less those at its begin, SA by SA through all runs at
// once: the cost does not depend on how long the span is.
#include "store/read/span.hpp"

#include "store/read/reader_impl.hpp"
#include "store/read/row_samples.hpp"
#include "store/records/bytes.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

constexpr TimeNs kEarliest = std::numeric_limits<TimeNs>::min();
constexpr TimeNs kLatest = std::numeric_limits<TimeNs>::max();

TimeNs interval_end(TimeNs time, TimeNs length) {
    const TimeNs start = flow::interval_start(time, length);
    if (start == time) return time;
    return start > kLatest - length ? kLatest : start + length;
}

/// The coarsest level whose intervals end at both ends of the span, as far as they lie in the run.
Level fitting_level(const RunRecord& run, const SpanQuestion& q) {
    for (const Level level : {Level::hour, Level::minute}) {
        if (stored_level(level, run.series_interval) != level) continue;
        const TimeNs length = length_of(level, run.series_interval);
        const auto fits = [&](TimeNs t) {
            return t <= run.figures.earliest || t > run.figures.latest
                   || flow::interval_start(t, length) == t;
        };
        if (fits(q.since) && fits(q.until)) return level;
    }
    return Level::fine;
}

std::uint64_t positive(std::int64_t n) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0));
}

/// A later row of the same SA, of this run or of a later one.
void join(flow::SaSummary& to, const flow::SaSummary& next) {
    flow::Totals sum;
    sum.add(to);
    sum.add(next);
    static_cast<flow::Counts&>(to) = sum;
    to.first_time = std::min(to.first_time, next.first_time);
    to.last_time = std::max(to.last_time, next.last_time);
    to.highest_ext = next.highest_ext;
    if (next.min_interarrival_ns != 0)
        to.min_interarrival_ns = to.min_interarrival_ns == 0
                                     ? next.min_interarrival_ns
                                     : std::min(to.min_interarrival_ns, next.min_interarrival_ns);
    to.max_interarrival_ns = std::max(to.max_interarrival_ns, next.max_interarrival_ns);
    to.sum_interarrival_ns += next.sum_interarrival_ns;
    to.rate_numbers = next.rate_numbers;
    to.rate_ns = next.rate_ns;
    to.period_time = next.period_time;
    to.counters = std::max(to.counters, next.counters);
    to.stations = std::max(to.stations, next.stations);
    to.sci_assumed |= next.sci_assumed;
    to.interleaved |= next.interleaved;
    to.evicted = next.evicted;
    to.source = next.source;
    to.inside = next.inside;
    to.vlan = next.vlan;
    to.port = next.port;
}

/// One run, gone through by identity.
class SpanRun {
public:
    SpanRun(const ReaderImpl& store, const RunRecord& run, const SpanQuestion& q)
        : store_(store), run_(run),
          series_(run.series_interval > 0 && store.rocks.family(kSeries) != nullptr) {
        if (series_) {
            level_ = stored_level(fitting_level(run, q), run.series_interval);
            length_ = length_of(level_, run.series_interval);
        }
        since_ = q.since;
        until_ = q.until;
    }

    /// Moves the ends of the span to borders of intervals that are there.
    Status begin() {
        const auto whole = store_.has_all_events(run_.id);
        if (!whole) return whole.error();
        complete_ = *whole;
        const bool cut = since_ > run_.figures.earliest || until_ <= run_.figures.latest;
        if (!series_ && cut) {
            // Nothing tells of parts of this run.
            since_ = kEarliest;
            until_ = kLatest;
        } else if (series_) {
            const auto trimmed = store_.trimmed(run_.id, level_);
            if (!trimmed) return trimmed.error();
            trimmed_ = *trimmed;
            // Beyond the run there is nothing to round.
            if (since_ > run_.figures.earliest) {
                since_ = since_ < kEarliest + length_ ? kEarliest
                                                      : flow::interval_start(since_, length_);
                if (trimmed_ != kEarliest)
                    since_ = std::max(since_, interval_end(trimmed_, length_));
            }
            if (until_ <= run_.figures.latest) until_ = interval_end(until_, length_);
        }
        rows_ = store_.iterate(kFlows, false);
        rows_->Seek(run_key(run_.id));
        return read();
    }
    /// Moves on to the identity, or to the one behind it.
    Status seek(const std::string& identity) {
        rows_->Seek(run_key(run_.id) + identity);
        return read();
    }

    /// The key of the identity its next row belongs to; empty: no more.
    const std::string& identity() const { return identity_; }

    /// Takes the rows of that identity that have packets in the span, joined to `into`.
    Status take(std::optional<flow::SaSummary>& into, Point& sums, bool& partial) {
        const std::string identity = identity_;
        while (identity_ == identity) {
            flow::SaSummary row = *row_;
            Point p;
            bool part = false;
            const auto any = figures(row, p, part);
            if (!any) return any.error();
            if (*any) {
                partial = partial || part;
                sums.add(p);
                if (into)
                    join(*into, row);
                else
                    into = row;
            }
            rows_->Next();
            if (Status s = read(); !s) return s;
        }
        return {};
    }

    TimeNs since() const { return since_ == kEarliest ? run_.figures.earliest : since_; }
    TimeNs until() const { return until_ == kLatest ? run_.figures.latest : until_; }
    bool complete() const { return complete_; }
    RunId id() const { return run_.id; }

private:
    Status read() {
        identity_.clear();
        if (!rows_->Valid()) {
            return rows_->status().ok() ? Status()
                                        : Status(rocks_error(rows_->status(), store_.dir));
        }
        const std::string_view key = rows_->key().ToStringView();
        if (!key.starts_with(run_key(run_.id))) return {};
        row_ = decode_summary(key, rows_->value().ToStringView());
        if (!row_) return store_.damaged("an SA");
        identity_ = key.substr(sizeof(RunId), kIdentityOctets);
        return {};
    }

    /// What the packets of the span added, as `p` and put into the row. False: there are none.
    Result<bool> figures(flow::SaSummary& row, Point& p, bool& partial) const {
        flow::Sample none{};
        none.row = row.first_time;
        if (!series_) {
            p.add(none, sample_of(row, flow::kPeriod));
            return true;
        }
        const flow::Sample latest = sample_of(row, length_);
        const TimeNs begin = flow::interval_start(row.first_time, length_);
        if (begin >= until_) return false;
        const bool ended = run_.state == RunState::ended || row.evicted != 0;
        flow::Sample end = latest.start < until_ ? latest : none;
        if (!ended || latest.start >= until_) {
            const auto sample = before(row, until_);
            if (!sample) return sample.error();
            if (*sample && (*sample)->received > end.received) end = **sample;
        }
        if (end.received == 0 || end.start < since_) return false;
        const bool from_begin = begin >= since_;
        if (from_begin && end.received == latest.received) {
            p.add(none, latest); // all of it
            return true;
        }
        flow::Sample start = none;
        if (!from_begin) {
            const auto sample = before(row, since_);
            if (!sample) return sample.error();
            if (*sample) {
                start = **sample;
            } else if (row.first_time < trimmed_) {
                const auto first = first_left(row);
                if (!first) return first.error();
                start = *first ? **first : end;
            }
        }
        if (start.received >= end.received) return false;
        p.add(start, end);
        partial = true;
        put(row, p);
        return true;
    }

    void put(flow::SaSummary& row, const Point& p) const {
        row.received = positive(p.received);
        row.bytes = positive(p.bytes);
        row.lost = positive(p.lost);
        row.lost_blind = std::min(positive(p.lost_blind), row.lost);
        row.lost_doubtful = std::min(row.lost_doubtful, row.lost - row.lost_blind);
        row.late = positive(p.late);
        row.duplicates = positive(p.duplicates);
        row.too_old = positive(p.too_old);
        row.restarts = positive(p.restarts);
        if (since_ != kEarliest) row.first_time = std::max(row.first_time, since_);
        if (until_ != kLatest) row.last_time = std::min(row.last_time, until_);
    }

    /// The last sample of the row that began before a time.
    Result<std::optional<flow::Sample>> before(const flow::SaSummary& row, TimeNs time) const {
        return sample_before(store_, run_.id, level_, row.id, row.first_time, time);
    }
    /// The first one that has not been removed.
    Result<std::optional<flow::Sample>> first_left(const flow::SaSummary& row) const {
        const std::string prefix = series_prefix(run_.id, level_, row.id);
        const auto it = store_.iterate(kSeries);
        for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
            auto s = decode_sample(it->key().ToStringView(), it->value().ToStringView());
            if (!s) return store_.damaged("a time series");
            if (s->row == row.first_time) return s;
        }
        if (!it->status().ok()) return rocks_error(it->status(), store_.dir);
        return std::optional<flow::Sample>();
    }

    const ReaderImpl& store_;
    const RunRecord run_;
    const bool series_;
    Level level_ = Level::fine;
    TimeNs length_ = flow::kPeriod;
    TimeNs since_ = kEarliest;
    TimeNs until_ = kLatest;
    TimeNs trimmed_ = kEarliest;
    bool complete_ = true;
    std::unique_ptr<rocksdb::Iterator> rows_;
    std::string identity_;
    std::optional<flow::SaSummary> row_;
};

bool has_packets(const RunRecord& run, const SpanQuestion& q) {
    if (q.run) return run.id == *q.run;
    if (!run.figures.timed()) return false;
    return run.figures.latest >= q.since && run.figures.earliest < q.until;
}

} // namespace

Result<SpanAnswer>
StoreReader::each_in_span(const SpanQuestion& question, std::span<const wire::SaIdentity> only,
                          const std::function<bool(const flow::SaSummary&)>& fn) const {
    auto all = runs();
    if (!all) return all.error();
    SpanAnswer answer;
    std::vector<std::unique_ptr<SpanRun>> feeds;
    for (const RunRecord& run : *all) {
        if (!has_packets(run, question)) continue;
        feeds.push_back(std::make_unique<SpanRun>(*impl_, run, question));
        SpanRun& feed = *feeds.back();
        if (Status s = feed.begin(); !s) return s.error();
        const bool first = answer.runs.empty();
        answer.since = first ? feed.since() : std::min(answer.since, feed.since());
        answer.until = first ? feed.until() : std::max(answer.until, feed.until());
        answer.complete = answer.complete && feed.complete();
        answer.runs.push_back(run.id);
    }
    // False: `fn` wants no more.
    const auto take = [&](const std::string& identity) -> Result<bool> {
        std::optional<flow::SaSummary> sa;
        Point sums;
        for (const auto& feed : feeds)
            if (feed->identity() == identity)
                if (Status s = feed->take(sa, sums, answer.partial); !s) return s.error();
        if (!sa) return true;
        answer.totals.add(*sa);
        // Holes of the time before that were filled in the span make these less than nothing.
        answer.totals.lost += static_cast<std::uint64_t>(sums.lost) - sa->lost;
        answer.totals.lost_blind += static_cast<std::uint64_t>(sums.lost_blind) - sa->lost_blind;
        return fn(*sa);
    };
    const auto end = [&answer] {
        for (std::uint64_t* sum : {&answer.totals.lost, &answer.totals.lost_blind})
            *sum = positive(static_cast<std::int64_t>(*sum));
        return answer;
    };
    for (const wire::SaIdentity& id : only) {
        const std::string identity = sa_prefix(0, id).substr(sizeof(RunId));
        for (const auto& feed : feeds)
            if (Status s = feed->seek(identity); !s) return s.error();
        const auto more = take(identity);
        if (!more) return more.error();
        if (!*more) return end();
    }
    while (only.empty()) {
        std::string next;
        for (const auto& feed : feeds)
            if (!feed->identity().empty() && (next.empty() || feed->identity() < next))
                next = feed->identity();
        if (next.empty()) break;
        const auto more = take(next);
        if (!more) return more.error();
        if (!*more) break;
    }
    return end();
}

} // namespace lacuna::store
