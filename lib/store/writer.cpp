#include "store/writer.hpp"

#include "store/notable.hpp"
#include "store/rocks.hpp"

#include <chrono>
#include <mutex>
#include <rocksdb/write_batch.h>

namespace lacuna::store {
namespace {

/// Octets in memory from which the end of a run makes tables of them.
constexpr std::uint64_t kFlushAtEnd = 8u << 20;

TimeNs wall_clock() {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

struct StoreWriter::Impl {
    Rocks rocks;
    std::string dir;
    RunId run = 0;
    TimeNs series_interval = 0;
    std::vector<RunRecord> crashed;
    std::uint64_t serial = 0; ///< of the next event
    std::mutex mutex;         ///< guards `broken` and the order of writes
    Status broken;            ///< the first failure; nothing is written after it

    /// RocksDB must not be given more once its log could not be written: it may abort the process.
    Status write(rocksdb::WriteBatch& batch) {
        const std::lock_guard lock(mutex);
        if (!broken) return broken;
        const rocksdb::Status status = rocks.db->Write(rocksdb::WriteOptions(), &batch);
        if (!status.ok()) broken = rocks_error(status, dir);
        return broken;
    }
    Status begin_run();
};

StoreWriter::StoreWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreWriter::~StoreWriter() = default;

/// Looks through the runs there are. Whatever run is open now, its writer is dead.
Status StoreWriter::Impl::begin_run() {
    const std::unique_ptr<rocksdb::Iterator> it(
        rocks.db->NewIterator(rocksdb::ReadOptions(), rocks.family(kRuns)));
    rocksdb::WriteBatch batch;
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
        auto record = decode_run(it->key().ToStringView(), it->value().ToStringView());
        if (!record) return Error{"a run record is damaged", dir, "", 2};
        run = record->id;
        if (record->state != RunState::open) continue;
        record->state = RunState::crashed;
        record->ended = record->written != 0 ? record->written : record->started;
        batch.Put(rocks.family(kRuns), it->key(), encode(*record));
        crashed.push_back(std::move(*record));
    }
    if (!it->status().ok()) return rocks_error(it->status(), dir);
    ++run;
    return crashed.empty() ? Status() : write(batch);
}

Result<std::unique_ptr<StoreWriter>> StoreWriter::open(const std::string& dir, RunRecord run) {
    auto rocks = open_rocks(dir, Access::write);
    if (!rocks) return rocks.error();
    auto impl = std::make_unique<Impl>();
    impl->rocks = std::move(*rocks);
    impl->dir = dir;
    impl->series_interval = run.series_interval;
    if (Status s = impl->begin_run(); !s) return s.error();
    std::unique_ptr<StoreWriter> writer(new StoreWriter(std::move(impl)));
    if (Status s = writer->update_run(std::move(run)); !s) return s.error();
    return writer;
}

const std::vector<RunRecord>& StoreWriter::crashed() const {
    return impl_->crashed;
}

Status StoreWriter::put_events(std::span<const flow::Event> events) {
    rocksdb::WriteBatch batch(events.size() * 128);
    for (const flow::Event& e : events) {
        const std::uint64_t serial = impl_->serial++;
        batch.Put(impl_->rocks.family(kEvents), event_key(impl_->run, e, serial), encode(e));
        if (is_notable(e))
            batch.Put(impl_->rocks.family(kNotable), notable_key(impl_->run, e.time, serial),
                      encode_notable(impl_->run, e, serial));
    }
    return impl_->write(batch);
}

Status StoreWriter::put_summaries(std::span<const flow::SaSummary> summaries) {
    rocksdb::WriteBatch batch(summaries.size() * 192);
    for (const flow::SaSummary& s : summaries)
        batch.Put(impl_->rocks.family(kFlows), row_key(impl_->run, s.id, s.first_time), encode(s));
    return impl_->write(batch);
}

/// A sample belongs to the coarser levels as well where their interval ends with its own. Written
/// twice it is the same record, so that nothing counts double.
Status StoreWriter::put_samples(std::span<const flow::Sample> samples) {
    rocksdb::WriteBatch batch(samples.size() * 160);
    for (const flow::Sample& s : samples) {
        const std::string value = encode(s);
        for (const Level level : kLevels) {
            if (stored_level(level, impl_->series_interval) != level) continue;
            const TimeNs length = length_of(level, impl_->series_interval);
            flow::Sample at = s;
            at.start = flow::interval_start(s.start, length);
            if (at.start == flow::interval_start(s.next, length)) break; // nor do coarser ones
            batch.Put(impl_->rocks.family(kSeries), series_key(impl_->run, level, at), value);
        }
    }
    return impl_->write(batch);
}

Status StoreWriter::update_run(RunRecord run) {
    run.id = impl_->run;
    run.written = wall_clock();
    run.series_interval = impl_->series_interval;
    rocksdb::WriteBatch batch;
    batch.Put(impl_->rocks.family(kRuns), run_key(run.id), encode(run));
    return impl_->write(batch);
}

Status StoreWriter::end_run(RunRecord run) {
    run.state = RunState::ended;
    if (Status s = update_run(std::move(run)); !s) return s;
    // What is still in the log alone every later open would have to go through.
    const Rocks& rocks = impl_->rocks;
    std::uint64_t in_memory = 0;
    rocks.db->GetAggregatedIntProperty("rocksdb.cur-size-all-mem-tables", &in_memory);
    const rocksdb::Status kept = in_memory > kFlushAtEnd
                                     ? rocks.db->Flush(rocksdb::FlushOptions(), rocks.families)
                                     : rocks.db->SyncWAL();
    return kept.ok() ? Status() : Status(rocks_error(kept, impl_->dir));
}

RunId StoreWriter::run() const {
    return impl_->run;
}

} // namespace lacuna::store
