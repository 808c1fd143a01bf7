#include "store/read/reader.hpp"

#include "store/read/notable.hpp"
#include "store/read/reader_impl.hpp"
#include "store/records/bytes.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::store {

Result<TimeNs> ReaderImpl::trimmed(RunId run, Level level) const {
    std::string value;
    const rocksdb::Status got =
        rocks.db->Get(rocksdb::ReadOptions(), rocks.family(kMeta), trimmed_key(run, level), &value);
    if (got.IsNotFound()) return std::numeric_limits<TimeNs>::min();
    if (!got.ok()) return rocks_error(got, dir);
    return ByteReader(value).ordered();
}

Result<bool> ReaderImpl::has_all_events(RunId run) const {
    const std::string key = run_key(run);
    std::string value;
    const rocksdb::Status got =
        rocks.db->Get(rocksdb::ReadOptions(), rocks.family(kRuns), key, &value);
    if (!got.ok() && !got.IsNotFound()) return rocks_error(got, dir);
    const auto record = got.ok() ? decode_run(key, value) : std::nullopt;
    if (got.ok() && !record) return damaged("a run");
    if (record && record->figures.probe.not_stored != 0) return false;
    if (rocks.log_damaged && (!record || record->state != RunState::ended)) return false;
    const auto before = trimmed(run, Level::fine);
    if (!before) return before.error();
    return *before == std::numeric_limits<TimeNs>::min();
}

namespace {

/// The key of the event that opened the hole, and the first number of the gap.
constexpr std::size_t kGapCursorOctets = kEventKeyOctets + 8;

} // namespace

std::string gap_cursor(RunId run, const flow::Gap& gap) {
    std::string cursor = row_key(run, gap.id, gap.row);
    ByteWriter w(cursor);
    w.u64(gap.opened);
    w.ordered(gap.first_missing);
    return cursor;
}

StoreReader::StoreReader(std::unique_ptr<ReaderImpl> impl) : impl_(std::move(impl)) {}
StoreReader::~StoreReader() = default;

Result<std::unique_ptr<StoreReader>> StoreReader::open(const std::string& dir, Mode mode) {
    auto rocks = open_rocks(dir, mode == Mode::follow ? Access::follow : Access::read);
    if (!rocks) return rocks.error();
    auto impl = std::make_unique<ReaderImpl>();
    impl->rocks = std::move(*rocks);
    impl->dir = dir;
    return std::unique_ptr<StoreReader>(new StoreReader(std::move(impl)));
}

Status StoreReader::catch_up() {
    const rocksdb::Status s = impl_->rocks.db->TryCatchUpWithPrimary();
    return s.ok() ? Status() : Status(rocks_error(s, impl_->dir));
}

bool StoreReader::log_damaged() const {
    return impl_->rocks.log_damaged;
}

Result<std::vector<RunRecord>> StoreReader::runs() const {
    std::vector<RunRecord> list;
    const Status s = impl_->each<RunRecord>(
        {kRuns, "a run", ""}, decode_run,
        [&list](const RunRecord& run) {
            list.push_back(run);
            return true;
        },
        nullptr);
    if (!s) return s.error();
    return list;
}

Result<std::optional<RunRecord>> StoreReader::run(RunId id) const {
    std::optional<RunRecord> found;
    const Status s = impl_->each<RunRecord>(
        {kRuns, "a run", run_key(id)}, decode_run,
        [&found](const RunRecord& run) {
            found = run;
            return false;
        },
        nullptr);
    if (!s) return s.error();
    return found;
}

Result<std::optional<RunRecord>> StoreReader::latest_run() const {
    const auto it = impl_->iterate(kRuns);
    it->SeekToLast();
    if (!it->status().ok()) return rocks_error(it->status(), impl_->dir);
    if (!it->Valid()) return std::optional<RunRecord>();
    auto found = decode_run(it->key().ToStringView(), it->value().ToStringView());
    if (!found) return impl_->damaged("a run");
    return found;
}

Status StoreReader::each_summary(RunId run, const wire::SaIdentity* only,
                                 const std::function<bool(const flow::SaSummary&)>& fn,
                                 std::string* cursor) const {
    return impl_->each<flow::SaSummary>(
        {kFlows, "an SA", only != nullptr ? sa_prefix(run, *only) : run_key(run)}, decode_summary,
        fn, cursor);
}

Result<std::uint64_t> StoreReader::count_summaries(RunId run) const {
    std::uint64_t n = 0;
    const auto it = impl_->iterate(kFlows);
    const std::string prefix = run_key(run);
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next())
        ++n;
    if (!it->status().ok()) return rocks_error(it->status(), impl_->dir);
    return n;
}

Status StoreReader::each_event(RunId run, const wire::SaIdentity* only,
                               const std::function<bool(const flow::Event&)>& fn,
                               std::string* cursor) const {
    return impl_->each<flow::Event>(
        {kEvents, "an event", only != nullptr ? sa_prefix(run, *only) : run_key(run)}, decode_event,
        fn, cursor);
}

Result<bool> StoreReader::has_all_events(RunId run) const {
    return impl_->has_all_events(run);
}

Result<GapWalk> StoreReader::each_gap(RunId run, const wire::SaIdentity* only,
                                      const std::function<bool(const flow::Gap&)>& fn,
                                      std::string_view after, std::uint64_t most) const {
    GapWalk walk;
    const auto whole = impl_->has_all_events(run);
    if (!whole) return whole.error();
    walk.complete = *whole;
    Scan scan{kEvents, "an event", only != nullptr ? sa_prefix(run, *only) : run_key(run)};
    // Of the hole that is gone on with, parts up to this number were handed out before. Holes that
    // opened later come later.
    std::optional<std::pair<std::uint64_t, Seq64>> passed;
    if (!after.empty()) {
        ByteReader r(after.substr(std::min(after.size(), kRowKeyOctets)));
        const std::uint64_t opened = r.u64();
        passed.emplace(opened, r.ordered());
        if (!r.ok() || after.size() != kGapCursorOctets || !after.starts_with(scan.prefix))
            return Error{"the cursor belongs to another listing", impl_->dir, "", 2};
        scan.from = after.substr(0, kEventKeyOctets);
    }
    std::optional<flow::Event> row; // any event of it
    bool wanted = true;
    flow::GapFold fold([&](const flow::GapRun& g, std::uint64_t opened) {
        if (passed && opened == passed->first && g.first_missing <= passed->second) return true;
        return wanted = fn({row->id, g.first_missing, g.next, g.time, g.blind, row->row, g.instance,
                            opened});
    });
    std::uint64_t serial = 0;
    const auto decode = [&serial](std::string_view key, std::string_view value) {
        if (key.size() == kEventKeyOctets) serial = ByteReader(key.substr(kRowKeyOctets)).u64();
        return decode_event(key, value);
    };
    const auto add = [&](const flow::Event& e) {
        if (walk.events == most) return walk.complete = false;
        ++walk.events;
        if (row && (row->row != e.row || !(row->id == e.id)) && !fold.end()) return false;
        row = e;
        return fold.add(e, serial);
    };
    if (Status read = impl_->each<flow::Event>(scan, decode, add, nullptr); !read)
        return read.error();
    if (wanted) fold.end();
    return walk;
}

Status StoreReader::each_notable(RunId run, TimeNs since, TimeNs until,
                                 const std::function<bool(const flow::Event&)>& fn,
                                 std::string* cursor) const {
    if (impl_->rocks.family(kNotable) == nullptr) {
        if (cursor != nullptr) cursor->clear();
        return {};
    }
    return impl_->each<flow::Event>({kNotable, "an event", run_key(run), notable_key(run, since, 0),
                                     notable_key(run, until, 0)},
                                    decode_notable, fn, cursor);
}

std::uint64_t StoreReader::size() const {
    std::uint64_t sum = 0;
    for (rocksdb::ColumnFamilyHandle* family : impl_->rocks.families)
        for (const char* part : {"rocksdb.total-sst-files-size", "rocksdb.cur-size-all-mem-tables"})
            if (std::uint64_t n = 0; impl_->rocks.db->GetIntProperty(family, part, &n)) sum += n;
    return sum;
}

} // namespace lacuna::store
