// What goes when a store has become too old or too large.
#include "store/read/notable.hpp"
#include "store/records/bytes.hpp"
#include "store/write/writer_impl.hpp"

#include <algorithm>
#include <limits>
#include <rocksdb/convenience.h>

namespace lacuna::store {
namespace {

/// Work is done for at least so much of the time to keep, so that compaction is rare.
constexpr TimeNs kPortions = 20;
/// Of the points and events of a run that alone is too large, this part goes at a time.
constexpr TimeNs kQuarter = 4;

/// All keys of a run in any family.
struct RunRange {
    std::string begin;
    std::string end;
    explicit RunRange(RunId id) : begin(run_key(id)), end(begin + std::string(80, '\xFF')) {}
};

TimeNs age_of(const RunRecord& run, TimeNs now) {
    const TimeNs last = std::max({run.started, run.ended, run.written});
    return now - last;
}

} // namespace

std::uint64_t StoreWriter::Impl::octets() const {
    const std::shared_lock use(in_use);
    std::uint64_t sum = 0;
    if (!rocks.db) return sum;
    for (rocksdb::ColumnFamilyHandle* family : rocks.families)
        for (const char* part : {"rocksdb.total-sst-files-size", "rocksdb.cur-size-all-mem-tables"})
            if (std::uint64_t n = 0; rocks.db->GetIntProperty(family, part, &n)) sum += n;
    return sum;
}

Result<std::vector<RunRecord>> StoreWriter::Impl::other_runs() const {
    const std::shared_lock use(in_use);
    std::vector<RunRecord> list;
    if (!rocks.db) return list;
    const std::unique_ptr<rocksdb::Iterator> it(
        rocks.db->NewIterator(rocksdb::ReadOptions(), rocks.family(kRuns)));
    for (it->SeekToFirst(); it->Valid(); it->Next())
        if (auto record = decode_run(it->key().ToStringView(), it->value().ToStringView());
            record && record->id != run)
            list.push_back(std::move(*record));
    if (!it->status().ok()) return rocks_error(it->status(), dir);
    return list;
}

/// The records go in one batch; then the room they took.
Status StoreWriter::Impl::remove_run(RunId id) {
    const RunRange range(id);
    const Status s = write(1024, [&](rocksdb::WriteBatch& batch) {
        for (const Family f : {kRuns, kFlows, kEvents, kNotable, kSeries, kLate, kStamps})
            batch.DeleteRange(rocks.family(f), range.begin, range.end);
        for (const Level level : kLevels)
            batch.Delete(rocks.family(kMeta), trimmed_key(id, level));
    });
    if (!s) return s;
    ++runs_removed;
    return compact(range.begin, range.end,
                   {kRuns, kFlows, kEvents, kNotable, kSeries, kLate, kStamps}, true);
}

Status StoreWriter::Impl::compact(const std::string& begin, const std::string& end,
                                  std::initializer_list<Family> families, bool all_gone) {
    const std::shared_lock use(in_use);
    if (!rocks.db) return {};
    const rocksdb::Slice from(begin);
    const rocksdb::Slice to(end);
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    rocksdb::Status status;
    for (const Family f : families) {
        if (all_gone && status.ok())
            status = rocksdb::DeleteFilesInRange(rocks.db.get(), rocks.family(f), &from, &to);
        if (status.ok()) status = rocks.db->CompactRange(options, rocks.family(f), &from, &to);
    }
    return status.ok() ? Status() : Status(rocks_error(status, dir));
}

Status StoreWriter::Impl::remove_old_runs(TimeNs now) {
    const auto runs = other_runs();
    if (!runs) return runs.error();
    for (const RunRecord& record : *runs)
        if (age_of(record, now) > limits.retain)
            if (Status s = remove_run(record.id); !s) return s;
    return {};
}

/// Points and events of this run from before a time.
Status StoreWriter::Impl::trim(TimeNs before) {
    expiry->set(run, before);
    const Status s = write(512, [&](rocksdb::WriteBatch& batch) {
        std::string value;
        ByteWriter(value).ordered(before);
        for (const Level level : kLevels)
            batch.Put(rocks.family(kMeta), trimmed_key(run, level), value);
        batch.DeleteRange(rocks.family(kNotable),
                          notable_key(run, std::numeric_limits<TimeNs>::min(), 0),
                          notable_key(run, before, 0));
    });
    if (!s) return s;
    const RunRange range(run);
    return compact(range.begin, range.end, {kSeries, kEvents, kNotable, kLate, kStamps}, false);
}

Status StoreWriter::Impl::remove_for_room(TimeNs first, TimeNs last) {
    const std::uint64_t bound = limits.max_size - limits.max_size / 10;
    auto runs = other_runs();
    if (!runs) return runs.error();
    for (const RunRecord& record : *runs) {
        if (octets() <= bound) return {};
        if (Status s = remove_run(record.id); !s) return s;
    }
    const TimeNs least = kQuarter * std::max<TimeNs>(series_interval, flow::kPeriod);
    for (;;) {
        const TimeNs from = std::max(first, expiry->before());
        if (octets() <= bound || last - from < least) return {};
        if (Status s = trim(from + (last - from) / kQuarter); !s) return s;
    }
}

Status StoreWriter::enforce(TimeNs now) {
    Impl& i = *impl_;
    TimeNs earliest = 0;
    TimeNs latest = 0;
    {
        const std::lock_guard lock(i.mutex);
        if (!i.broken) return i.broken;
        earliest = i.earliest;
        latest = i.latest;
    }
    if (i.limits.retain != 0) {
        if (Status s = i.remove_old_runs(now); !s) return s;
        const TimeNs before = latest - i.limits.retain;
        const TimeNs step = std::max(i.limits.retain / kPortions, i.series_interval);
        if (latest != 0 && before > earliest && before - step > i.expiry->before())
            if (Status s = i.trim(before); !s) return s;
    }
    return i.limits.max_size != 0 ? i.remove_for_room(earliest, latest) : Status();
}

Removed StoreWriter::removed() const {
    return {impl_->runs_removed.load(), impl_->expiry->points.load(), impl_->expiry->events.load()};
}

std::uint64_t StoreWriter::size() const {
    return impl_->octets();
}

} // namespace lacuna::store
