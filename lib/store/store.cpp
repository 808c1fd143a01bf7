#include "store/rocks.hpp"

#include <rocksdb/write_batch.h>

namespace lacuna::store {
namespace {

/// Octets in memory from which the end of a run makes tables of them.
constexpr std::uint64_t kFlushAtEnd = 8u << 20;

} // namespace

struct StoreWriter::Impl {
    Rocks rocks;
    std::string dir;
    RunId run = 0;
    std::uint64_t serial = 0; ///< of the next event
    Status broken;            ///< the first failure; nothing is written after it

    /// RocksDB must not be given more once its log could not be written: it may abort the process.
    Status write(rocksdb::WriteBatch& batch) {
        if (!broken) return broken;
        const rocksdb::Status status = rocks.db->Write(rocksdb::WriteOptions(), &batch);
        if (!status.ok()) broken = rocks_error(status, dir);
        return broken;
    }
};

StoreWriter::StoreWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreWriter::~StoreWriter() = default;

Result<std::unique_ptr<StoreWriter>> StoreWriter::open(const std::string& dir, RunRecord run) {
    auto rocks = open_rocks(dir, true);
    if (!rocks) return rocks.error();
    auto impl = std::make_unique<Impl>();
    impl->rocks = std::move(*rocks);
    impl->dir = dir;

    const std::unique_ptr<rocksdb::Iterator> it(
        impl->rocks.db->NewIterator(rocksdb::ReadOptions(), impl->rocks.family(kRuns)));
    it->SeekToLast();
    RunId last = 0;
    if (it->Valid()) {
        const auto record = decode_run(it->key().ToStringView(), it->value().ToStringView());
        if (!record) return Error{"a run record is damaged", dir, "", 2};
        last = record->id;
    }
    if (!it->status().ok()) return rocks_error(it->status(), dir);
    impl->run = last + 1;

    std::unique_ptr<StoreWriter> writer(new StoreWriter(std::move(impl)));
    if (Status s = writer->update_run(std::move(run)); !s) return s.error();
    return writer;
}

Status StoreWriter::put_events(std::span<const flow::Event> events) {
    rocksdb::WriteBatch batch(events.size() * 128);
    for (const flow::Event& e : events)
        batch.Put(impl_->rocks.family(kEvents), event_key(impl_->run, e, impl_->serial++),
                  encode(e));
    return impl_->write(batch);
}

Status StoreWriter::put_summaries(std::span<const flow::SaSummary> summaries) {
    rocksdb::WriteBatch batch(summaries.size() * 192);
    for (const flow::SaSummary& s : summaries)
        batch.Put(impl_->rocks.family(kFlows), row_key(impl_->run, s.id, s.first_time), encode(s));
    return impl_->write(batch);
}

Status StoreWriter::update_run(RunRecord run) {
    run.id = impl_->run;
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

struct StoreReader::Impl {
    Rocks rocks;
    std::string dir;

    /// Walks the keys of a family that begin with `prefix`.
    template <typename Fn>
    Status walk(Family family, const std::string& prefix, Fn&& fn) const {
        const std::unique_ptr<rocksdb::Iterator> it(
            rocks.db->NewIterator(rocksdb::ReadOptions(), rocks.family(family)));
        for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next())
            if (!fn(it->key().ToStringView(), it->value().ToStringView())) break;
        return it->status().ok() ? Status() : Status(rocks_error(it->status(), dir));
    }
    Error damaged(const char* what) const {
        return {std::string("a record of ") + what + " is damaged or of a newer format", dir, "",
                2};
    }
};

StoreReader::StoreReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreReader::~StoreReader() = default;

Result<std::unique_ptr<StoreReader>> StoreReader::open(const std::string& dir) {
    auto rocks = open_rocks(dir, false);
    if (!rocks) return rocks.error();
    auto impl = std::make_unique<Impl>();
    impl->rocks = std::move(*rocks);
    impl->dir = dir;
    return std::unique_ptr<StoreReader>(new StoreReader(std::move(impl)));
}

Result<std::vector<RunRecord>> StoreReader::runs() const {
    std::vector<RunRecord> list;
    bool damaged = false;
    const Status s = impl_->walk(kRuns, "", [&](std::string_view key, std::string_view value) {
        auto run = decode_run(key, value);
        damaged = damaged || !run;
        if (run) list.push_back(std::move(*run));
        return !damaged;
    });
    if (!s) return s.error();
    if (damaged) return impl_->damaged("a run");
    return list;
}

Status StoreReader::each_summary(RunId run, const wire::SaIdentity* only,
                                 const std::function<bool(const flow::SaSummary&)>& fn) const {
    bool damaged = false;
    const std::string prefix = only != nullptr ? sa_prefix(run, *only) : run_key(run);
    const Status s = impl_->walk(kFlows, prefix, [&](std::string_view key, std::string_view value) {
        const auto summary = decode_summary(key, value);
        damaged = !summary;
        return summary && fn(*summary);
    });
    if (s && damaged) return impl_->damaged("an SA");
    return s;
}

Status StoreReader::each_event(RunId run, const wire::SaIdentity* only,
                               const std::function<bool(const flow::Event&)>& fn) const {
    bool damaged = false;
    const std::string prefix = only != nullptr ? sa_prefix(run, *only) : run_key(run);
    const Status s =
        impl_->walk(kEvents, prefix, [&](std::string_view key, std::string_view value) {
            const auto event = decode_event(key, value);
            damaged = !event;
            return event && fn(*event);
        });
    if (s && damaged) return impl_->damaged("an event");
    return s;
}

} // namespace lacuna::store
