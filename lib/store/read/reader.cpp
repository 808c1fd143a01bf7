#include "store/read/reader.hpp"

#include "store/read/notable.hpp"
#include "store/read/reader_impl.hpp"

namespace lacuna::store {

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
