// From cumulative samples, and the summaries that hold what came after them, to points.
#include "store/read/row_samples.hpp"
#include "store/records/bytes.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace lacuna::store {
namespace {

/// Records looked at to find the sample of a row before another one. There is more than one row
/// between them only where an SA was held by several workers at a time.
constexpr int kMaxBack = 10'000;

} // namespace

flow::Sample sample_of(const flow::SaSummary& s, TimeNs length) {
    flow::Sample out{};
    out.id = s.id;
    out.row = s.first_time;
    out.start = flow::interval_start(s.period_time, length);
    out.next = s.period_time;
    out.received = s.received;
    out.bytes = s.bytes;
    out.lost = s.lost;
    out.lost_blind = s.lost_blind;
    out.late = s.late;
    out.duplicates = s.duplicates;
    out.too_old = s.too_old;
    out.restarts = s.restarts;
    return out;
}

Result<std::optional<flow::Sample>> sample_before(const ReaderImpl& store, RunId run, Level level,
                                                  const wire::SaIdentity& id, TimeNs row,
                                                  TimeNs time) {
    const std::string prefix = series_prefix(run, level, id);
    const auto it = store.iterate(kSeries);
    it->SeekForPrev(series_bound(run, level, id, time));
    for (int i = 0; i < kMaxBack && it->Valid() && it->key().starts_with(prefix); ++i, it->Prev()) {
        auto sample = decode_sample(it->key().ToStringView(), it->value().ToStringView());
        if (!sample) return store.damaged("a time series");
        if (sample->row == row) return sample;
    }
    if (!it->status().ok()) return rocks_error(it->status(), store.dir);
    return std::optional<flow::Sample>();
}

namespace {

/// Joins the samples of an SA's rows, given by time, into points.
class Joiner {
public:
    using Fn = std::function<bool(const Point&)>;
    Joiner(TimeNs length, const Fn& fn) : length_(length), fn_(fn) {}

    /// The sample before the first one that add() is given of `row`; all zero if there was none.
    void begin_row(const flow::Sample& before) { rows_[before.row] = before; }
    bool knows(TimeNs row) const { return rows_.contains(row); }

    /// False: enough.
    bool add(const flow::Sample& s) {
        flow::Sample& last = rows_[s.row];
        if (s.received <= last.received) return true; // a summary older than the sample
        if (s.start != point_.start || !open_) {
            if (!flush()) return false;
            point_ = Point{};
            point_.start = s.start;
            point_.length = length_;
            open_ = true;
        }
        point_.add(last, s);
        last = s;
        return true;
    }
    bool flush() {
        const bool had = open_;
        open_ = false;
        return !had || fn_(point_);
    }

private:
    TimeNs length_;
    const Fn& fn_;
    std::map<TimeNs, flow::Sample> rows_;
    Point point_;
    bool open_ = false;
};

} // namespace

/// What each_timeline() asks for, and the walk that answers it.
class Timeline {
public:
    Timeline(const ReaderImpl& store, RunId run, const wire::SaIdentity& id, Level level,
             TimeNs length)
        : store_(store), run_(run), id_(id), level_(level), length_(length),
          prefix_(series_prefix(run, level, id)) {}

    Status walk(std::vector<flow::Sample> latest, TimeNs since, TimeNs until,
                const std::function<bool(const Point&)>& fn) {
        const auto trimmed = store_.trimmed(run_, level_);
        if (!trimmed) return trimmed.error();
        trimmed_ = *trimmed;
        // The interval `since` lies in belongs to it, unless that began before time did.
        const TimeNs earliest = std::numeric_limits<TimeNs>::min();
        since = since < earliest + length_ ? earliest : flow::interval_start(since, length_);
        std::sort(latest.begin(), latest.end(), [](const auto& a, const auto& b) {
            return std::pair(a.start, a.row) < std::pair(b.start, b.row);
        });
        auto last = std::find_if(latest.begin(), latest.end(),
                                 [since](const flow::Sample& s) { return s.start >= since; });
        Joiner joiner(length_, fn);
        const auto it = store_.iterate(kSeries);
        it->Seek(series_bound(run_, level_, id_, since));
        for (;;) {
            std::optional<flow::Sample> next;
            if (it->Valid() && it->key().starts_with(prefix_)) {
                next = decode_sample(it->key().ToStringView(), it->value().ToStringView());
                if (!next) return store_.damaged("a time series");
            }
            // Of one interval the summary goes first: it is from before the interval ended.
            const bool summary = last != latest.end() && (!next || last->start <= next->start);
            if (summary) next = *last++;
            if (!next || next->start >= until) break;
            if (!joiner.knows(next->row))
                if (Status s = begin_row(joiner, *next); !s) return s;
            if (!joiner.add(*next)) return {};
            if (!summary) it->Next();
        }
        joiner.flush();
        return it->status().ok() ? Status() : Status(rocks_error(it->status(), store_.dir));
    }

private:
    /// Finds what `s` is to be compared with. Where that has been removed it is `s` itself, which
    /// then makes no point.
    Status begin_row(Joiner& joiner, const flow::Sample& s) const {
        flow::Sample before{};
        before.row = s.row;
        if (s.start == flow::interval_start(s.row, length_)) {
            joiner.begin_row(before);
            return {};
        }
        const auto earlier = sample_before(store_, run_, level_, id_, s.row, s.start);
        if (!earlier) return earlier.error();
        if (*earlier) {
            joiner.begin_row(**earlier);
            return {};
        }
        joiner.begin_row(s.row < trimmed_ ? s : before);
        return {};
    }

    const ReaderImpl& store_;
    const RunId run_;
    const wire::SaIdentity id_;
    const Level level_;
    const TimeNs length_;
    const std::string prefix_;
    TimeNs trimmed_ = std::numeric_limits<TimeNs>::min();
};

/// The points of all SAs of a run in one walk: samples and summaries both come by identity.
class RunTimeline {
public:
    RunTimeline(const ReaderImpl& store, RunId run, Level level, TimeNs length, TimeNs trimmed)
        : store_(store), run_(run), level_(level), length_(length), trimmed_(trimmed),
          it_(store.iterate(kSeries, false)) {
        it_->Seek(series_prefix(run, level));
    }

    /// The latest of each row of an SA; SAs in the order of the store.
    Status add(const wire::SaIdentity& id, std::vector<flow::Sample> latest) {
        const std::string prefix = series_prefix(run_, level_, id);
        while (it_->Valid() && it_->key().compare(prefix) < 0)
            it_->Next();
        std::sort(latest.begin(), latest.end(), [](const auto& a, const auto& b) {
            return std::pair(a.start, a.row) < std::pair(b.start, b.row);
        });
        const std::function<bool(const Point&)> sum = [this](const Point& p) { return add(p); };
        Joiner joiner(length_, sum);
        auto last = latest.begin();
        for (;;) {
            std::optional<flow::Sample> next;
            if (it_->Valid() && it_->key().starts_with(prefix)) {
                next = decode_sample(it_->key().ToStringView(), it_->value().ToStringView());
                if (!next) return store_.damaged("a time series");
            }
            const bool summary = last != latest.end() && (!next || last->start <= next->start);
            if (summary) next = *last++;
            if (!next) break;
            if (!joiner.knows(next->row)) joiner.begin_row(before(*next));
            joiner.add(*next);
            if (!summary) it_->Next();
        }
        joiner.flush();
        return it_->status().ok() ? Status() : Status(rocks_error(it_->status(), store_.dir));
    }

    void hand_out(const std::function<bool(const Point&)>& fn) const {
        for (const auto& [start, point] : points_)
            if (!fn(point)) return;
    }

private:
    bool add(const Point& p) {
        Point& sum = points_[p.start];
        sum.start = p.start;
        sum.length = p.length;
        sum.add(p);
        return true;
    }
    /// Where what came before the first sample of a row has been removed, that makes no point.
    flow::Sample before(const flow::Sample& s) const {
        if (s.start != flow::interval_start(s.row, length_) && s.row < trimmed_) return s;
        flow::Sample none{};
        none.row = s.row;
        return none;
    }

    const ReaderImpl& store_;
    const RunId run_;
    const Level level_;
    const TimeNs length_;
    const TimeNs trimmed_;
    const std::unique_ptr<rocksdb::Iterator> it_;
    std::map<TimeNs, Point> points_;
};

namespace {

/// How a run's series of a level is stored.
struct Stored {
    Level level;
    TimeNs length;
};

Result<Stored> stored_as(const StoreReader& reader, const ReaderImpl& store, RunId run,
                         Level level) {
    const auto found = reader.run(run);
    if (!found) return found.error();
    if (!*found)
        return Error{"no such run", store.dir, "'lacuna query --db DIR runs' lists them", 2};
    const TimeNs interval = (*found)->series_interval;
    if (interval <= 0 || store.rocks.family(kSeries) == nullptr)
        return Error{"the run has no time series", store.dir, "", 2};
    const Level stored = stored_level(level, interval);
    return Stored{stored, length_of(stored, interval)};
}

} // namespace

Status StoreReader::each_run_point(RunId run_id, Level level,
                                   const std::function<bool(const Point&)>& fn) const {
    const auto stored = stored_as(*this, *impl_, run_id, level);
    if (!stored) return stored.error();
    const auto trimmed = impl_->trimmed(run_id, stored->level);
    if (!trimmed) return trimmed.error();
    RunTimeline all(*impl_, run_id, stored->level, stored->length, *trimmed);
    std::optional<wire::SaIdentity> id;
    std::vector<flow::Sample> latest;
    Status failed;
    const Status s = each_summary(run_id, nullptr, [&](const flow::SaSummary& row) {
        if (id && !(*id == row.id)) failed = all.add(*id, std::exchange(latest, {}));
        id = row.id;
        latest.push_back(sample_of(row, stored->length));
        return static_cast<bool>(failed);
    });
    if (!s) return s;
    if (!failed) return failed;
    if (id)
        if (Status last = all.add(*id, std::move(latest)); !last) return last;
    all.hand_out(fn);
    return {};
}

Status StoreReader::each_timeline(RunId run_id, const wire::SaIdentity& id, Level level,
                                  TimeNs since, TimeNs until,
                                  const std::function<bool(const Point&)>& fn) const {
    const auto stored = stored_as(*this, *impl_, run_id, level);
    if (!stored) return stored.error();
    std::vector<flow::Sample> latest;
    const Status s = each_summary(run_id, &id, [&](const flow::SaSummary& row) {
        latest.push_back(sample_of(row, stored->length));
        return true;
    });
    if (!s) return s;
    return Timeline(*impl_, run_id, id, stored->level, stored->length)
        .walk(std::move(latest), since, until, fn);
}

} // namespace lacuna::store
