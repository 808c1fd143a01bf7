#include "store/write/writer.hpp"

#include "base/endian.hpp"
#include "base/wall_clock.hpp"
#include "store/read/late.hpp"
#include "store/read/notable.hpp"
#include "store/read/stamps.hpp"
#include "store/records/bytes.hpp"
#include "store/write/writer_impl.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace lacuna::store {
namespace {

/// Octets in memory from which prepare_end() makes tables of them before the last summaries are
/// put.
constexpr std::uint64_t kFlushEarly = 4u << 20;

/// Bits that tell final summaries: 512 KiB, once a row has left the table.
constexpr std::size_t kFinalBits = std::size_t{1} << 22;

/// A store that failed is opened again only where so much is free: opening takes some.
constexpr std::uint64_t kRoom = 16u << 20;

} // namespace

std::uint64_t key_order(const wire::SaIdentity& id) {
    std::uint8_t octets[sizeof id.key.addr];
    std::memcpy(octets, id.key.addr, sizeof octets);
    const std::uint64_t address = load_be64(octets);
    const std::uint64_t spi = id.key.spi;
    return std::uint64_t{static_cast<std::uint8_t>(id.key.protocol)} << 56
           | (spi != 0 ? spi << 32 | address >> 32 : address) >> 8;
}

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
    if (crashed.empty()) return {};
    return keep(rocks.db->Write(rocksdb::WriteOptions(), &batch));
}

Result<std::unique_ptr<StoreWriter>> StoreWriter::open(const std::string& dir, RunRecord run,
                                                       Limits limits) {
    auto impl = std::make_unique<Impl>();
    auto rocks = open_rocks(dir, Access::write, impl->expiry, limits.max_size);
    if (!rocks) return rocks.error();
    impl->rocks = std::move(*rocks);
    impl->dir = dir;
    impl->limits = limits;
    impl->series_interval = run.series_interval;
    if (Status s = impl->begin_run(); !s) return s.error();
    std::unique_ptr<StoreWriter> writer(new StoreWriter(std::move(impl)));
    if (Status s = writer->update_run(std::move(run)); !s) return s.error();
    return writer;
}

bool StoreWriter::log_damaged() const {
    return impl_->rocks.log_damaged;
}

const std::vector<RunRecord>& StoreWriter::crashed() const {
    return impl_->crashed;
}

Status StoreWriter::put_events(std::span<const flow::Event> events) {
    Impl& i = *impl_;
    return i.write(events.size() * 128, [&](rocksdb::WriteBatch& batch) {
        for (const flow::Event& e : events) {
            const std::uint64_t serial = i.serial++;
            if (e.kind == flow::EventKind::late) {
                batch.Put(i.rocks.family(kLate), late_key(i.run, e, serial), encode(e));
                continue;
            }
            if (e.kind == flow::EventKind::stamp) {
                batch.Put(i.rocks.family(kStamps), stamp_key(i.run, e), encode(e));
                continue;
            }
            batch.Put(i.rocks.family(kEvents), event_key(i.run, e, serial), encode(e));
            if (is_notable(e))
                batch.Put(i.rocks.family(kNotable), notable_key(i.run, e.time, serial),
                          encode_notable(i.run, e, serial));
        }
    });
}

bool StoreWriter::Impl::is_final(const std::string& key) const {
    if (may_be_final.empty() || !may_be_final[std::hash<std::string>()(key) % may_be_final.size()])
        return false;
    if (final_in_batch.contains(key)) return true;
    std::string value;
    if (!rocks.db->Get(rocksdb::ReadOptions(), rocks.family(kFlows), key, &value).ok())
        return false;
    const auto there = decode_summary(key, value);
    return there && there->evicted != 0;
}

std::string StoreWriter::Impl::place_of(const flow::SaSummary& s) {
    const std::string first = row_key(run, s.id, s.first_time);
    std::string key = first;
    for (std::uint8_t life = 1; life != 0 && is_final(key); ++life) {
        key = first;
        ByteWriter(key).u8(life);
    }
    if (s.evicted != 0) {
        if (may_be_final.empty()) may_be_final.resize(kFinalBits);
        may_be_final[std::hash<std::string>()(key) % may_be_final.size()] = true;
        final_in_batch.insert(key);
    }
    return key;
}

Status StoreWriter::put_summaries(std::span<const flow::SaSummary> summaries) {
    Impl& i = *impl_;
    // In the order of their keys each is put beside the one before.
    std::vector<std::pair<std::string, const flow::SaSummary*>> rows;
    rows.reserve(summaries.size());
    for (const flow::SaSummary& s : summaries)
        rows.emplace_back(row_key(i.run, s.id, s.first_time), &s);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return i.write(summaries.size() * 192, [&](rocksdb::WriteBatch& batch) {
        i.final_in_batch.clear();
        for (auto& [key, s] : rows) {
            batch.Put(i.rocks.family(kFlows), i.place_of(*s), encode(*s));
            if (i.paging) i.gone.insert(std::move(key));
        }
    });
}

void StoreWriter::begin_page() {
    const std::lock_guard lock(impl_->mutex);
    impl_->paging = true;
    impl_->gone.clear();
}

Status StoreWriter::put_page(std::span<const flow::SaSummary> summaries) {
    Impl& i = *impl_;
    const Status done = i.write(summaries.size() * 192, [&](rocksdb::WriteBatch& batch) {
        i.final_in_batch.clear();
        for (const flow::SaSummary& s : summaries)
            if (!i.gone.contains(row_key(i.run, s.id, s.first_time)))
                batch.Put(i.rocks.family(kFlows), i.place_of(s), encode(s));
    });
    const std::lock_guard lock(i.mutex);
    i.paging = false;
    return done;
}

/// A sample belongs to the coarser levels as well where their interval ends with its own. Written
/// twice it is the same record, so that nothing counts double.
Status StoreWriter::put_samples(std::span<const flow::Sample> samples) {
    Impl& i = *impl_;
    return i.write(samples.size() * 160, [&](rocksdb::WriteBatch& batch) {
        for (const flow::Sample& s : samples) {
            const std::string value = encode(s);
            for (const Level level : kLevels) {
                if (stored_level(level, i.series_interval) != level) continue;
                const TimeNs length = length_of(level, i.series_interval);
                flow::Sample at = s;
                at.start = flow::interval_start(s.start, length);
                if (at.start == flow::interval_start(s.next, length)) break; // nor coarser ones
                batch.Put(i.rocks.family(kSeries), series_key(i.run, level, at), value);
            }
        }
    });
}

Status StoreWriter::update_run(RunRecord run) {
    Impl& i = *impl_;
    run.id = i.run;
    run.written = wall_clock();
    run.series_interval = i.series_interval;
    return i.write(1024, [&](rocksdb::WriteBatch& batch) {
        i.earliest = run.figures.earliest;
        i.latest = run.figures.latest;
        batch.Put(i.rocks.family(kRuns), run_key(run.id), encode(run));
    });
}

/// Octets that are in the log alone.
std::uint64_t StoreWriter::Impl::in_memory() const {
    std::uint64_t octets = 0;
    rocks.db->GetAggregatedIntProperty("rocksdb.cur-size-all-mem-tables", &octets);
    return octets;
}

void StoreWriter::prepare_end() {
    Impl& i = *impl_;
    const std::shared_lock use(i.in_use);
    const std::lock_guard lock(i.mutex);
    // What limits remove goes by the size on the disk, and would depend on how far this has come.
    if (!i.broken || i.limits.any() || i.in_memory() < kFlushEarly) return;
    rocksdb::FlushOptions options;
    options.wait = false;
    (void)i.keep(i.rocks.db->Flush(options, i.early_families()));
}

Status StoreWriter::end_run(RunRecord run) {
    run.state = RunState::ended;
    if (Status s = update_run(std::move(run)); !s) return s;
    Impl& i = *impl_;
    const std::shared_lock use(i.in_use);
    const std::lock_guard lock(i.mutex);
    // Into tables, which have checksums that are looked at: what lay in the log alone would be lost
    // with a single bit of it, and every later open would have to go through it.
    Status kept = i.keep(i.rocks.db->Flush(rocksdb::FlushOptions(), i.rocks.families));
    if (kept) i.merge_small_tables();
    return kept;
}

std::uint64_t StoreWriter::stored() const {
    return impl_->stored.load();
}

Status StoreWriter::state() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->broken;
}

Status StoreWriter::resume() {
    Impl& i = *impl_;
    const std::unique_lock use(i.in_use);
    const std::lock_guard lock(i.mutex);
    if (i.broken) return {};
    i.rocks.close();
    std::error_code failed;
    const auto space = std::filesystem::space(i.dir, failed);
    if (!failed && space.available < kRoom)
        return Error{"the disk is full", i.dir, "make room, or store elsewhere", 1};
    auto rocks = open_rocks(i.dir, Access::write, i.expiry, i.limits.max_size);
    if (!rocks) return rocks.error();
    i.rocks = std::move(*rocks);
    i.broken = Status();
    return {};
}

RunId StoreWriter::run() const {
    return impl_->run;
}

} // namespace lacuna::store
