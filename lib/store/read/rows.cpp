#include "store/read/rows.hpp"

#include "store/read/row_samples.hpp"
#include "store/records/bytes.hpp"

#include <algorithm>
#include <map>

namespace lacuna::store {
namespace {

/// The points of a run in one walk: samples and summaries both come by identity.
class RowWalk {
public:
    using Fn = std::function<bool(const RowPoint&)>;
    RowWalk(const ReaderImpl& store, RunId run, Level level, TimeNs length, TimeNs trimmed,
            const Fn& fn)
        : store_(store), run_(run), level_(level), length_(length), trimmed_(trimmed), fn_(fn),
          it_(store.iterate(kSeries, false)) {
        it_->Seek(series_prefix(run, level));
    }

    /// All rows of an SA; SAs in the order of the store. False: enough, or status() tells more.
    bool add(const wire::SaIdentity& id, const std::vector<flow::Sample>& latest) {
        const std::string prefix = series_prefix(run_, level_, id);
        while (it_->Valid() && it_->key().compare(prefix) < 0)
            it_->Next();
        std::map<TimeNs, flow::Sample> before;
        for (; it_->Valid() && it_->key().starts_with(prefix); it_->Next()) {
            const auto sample =
                decode_sample(it_->key().ToStringView(), it_->value().ToStringView());
            if (!sample) {
                status_ = store_.damaged("a time series");
                return false;
            }
            if (!hand_out(before, *sample)) return false;
        }
        return std::all_of(latest.begin(), latest.end(),
                           [&](const flow::Sample& s) { return hand_out(before, s); });
    }

    Status status() const {
        if (!status_) return status_;
        return it_->status().ok() ? Status() : Status(rocks_error(it_->status(), store_.dir));
    }

private:
    bool hand_out(std::map<TimeNs, flow::Sample>& before, const flow::Sample& s) {
        const auto [at, fresh] = before.try_emplace(s.row);
        flow::Sample& last = at->second;
        // Where what came before the first sample has been removed, that makes no point.
        if (fresh && s.start != flow::interval_start(s.row, length_) && s.row < trimmed_) last = s;
        if (s.received <= last.received) return true; // a summary older than the sample
        RowPoint out{s.id, s.row, {}};
        out.point.start = s.start;
        out.point.length = length_;
        out.point.add(last, s);
        last = s;
        return fn_(out);
    }

    const ReaderImpl& store_;
    const RunId run_;
    const Level level_;
    const TimeNs length_;
    const TimeNs trimmed_;
    const Fn& fn_;
    const std::unique_ptr<rocksdb::Iterator> it_;
    Status status_;
};

} // namespace

Result<std::string> StoreRows::identity() const {
    const ReaderImpl& store = *reader_.impl_;
    std::string identity;
    const rocksdb::Status got = store.rocks.db->GetDbIdentity(identity);
    if (!got.ok()) return rocks_error(got, store.dir);
    return identity;
}

Status StoreRows::each_event(RunId run, const std::function<bool(const NumberedEvent&)>& fn) const {
    const auto decode = [](std::string_view key, std::string_view value) {
        std::optional<NumberedEvent> found;
        if (auto event = decode_event(key, value))
            found = {*event, ByteReader(key.substr(kRowKeyOctets)).u64()};
        return found;
    };
    return reader_.impl_->each<NumberedEvent>({kEvents, "an event", run_key(run)}, decode, fn,
                                              nullptr);
}

Result<std::optional<RowPoint>> StoreRows::point_of(RunId run, Level level, TimeNs length,
                                                    const flow::Sample& sample) const {
    const ReaderImpl& store = *reader_.impl_;
    std::optional<RowPoint> out;
    if (store.rocks.family(kSeries) == nullptr) return out;
    flow::Sample before{};
    if (sample.start != flow::interval_start(sample.row, length)) {
        const auto earlier = sample_before(store, run, level, sample.id, sample.row, sample.start);
        if (!earlier) return earlier.error();
        if (*earlier) {
            before = **earlier;
        } else {
            const auto trimmed = store.trimmed(run, level);
            if (!trimmed) return trimmed.error();
            if (sample.row < *trimmed) return out;
        }
    }
    if (sample.received <= before.received) return out; // a summary older than the sample
    out = RowPoint{sample.id, sample.row, {}};
    out->point.start = sample.start;
    out->point.length = length;
    out->point.add(before, sample);
    return out;
}

Status StoreRows::each_point(RunId run, Level level,
                             const std::function<bool(const RowPoint&)>& fn) const {
    const ReaderImpl& store = *reader_.impl_;
    const auto found = reader_.run(run);
    if (!found) return found.error();
    const TimeNs interval = *found ? (*found)->series_interval : 0;
    if (interval <= 0 || store.rocks.family(kSeries) == nullptr
        || stored_level(level, interval) != level)
        return {};
    const auto trimmed = store.trimmed(run, level);
    if (!trimmed) return trimmed.error();
    const TimeNs length = length_of(level, interval);
    RowWalk walk(store, run, level, length, *trimmed, fn);
    std::optional<wire::SaIdentity> id;
    std::vector<flow::Sample> latest;
    bool more = true;
    const Status s = reader_.each_summary(run, nullptr, [&](const flow::SaSummary& row) {
        if (id && !(*id == row.id)) {
            more = walk.add(*id, latest);
            latest.clear();
        }
        id = row.id;
        latest.push_back(sample_of(row, length));
        return more;
    });
    if (!s) return s;
    if (more && id) walk.add(*id, latest);
    return walk.status();
}

} // namespace lacuna::store
