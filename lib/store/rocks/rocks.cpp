#include "store/rocks/rocks.hpp"

#include "store/records/bytes.hpp"
#include "store/rocks/place.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <rocksdb/slice_transform.h>
#include <sys/resource.h>
#include <thread>

namespace lacuna::store {
namespace {

/// Names of the families, in the order of Family.
constexpr const char* kNames[] = {"default", "runs",   "flows", "events",
                                  "notable", "series", "late",  "stamps"};
static_assert(std::size(kNames) == kFamilies);

/// Between tries to open a store that is being rearranged: about four seconds in all.
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLastPause{4000};

/// Octets of logs, which is what a reader has to go through, and what may be only there.
constexpr std::uint64_t kLogSize = 64u << 20;
constexpr std::uint64_t kLeastLogSize = 1u << 20;

/// RocksDB's own log: nobody reads it, it needs a place to write, and on a full disk RocksDB aborts
/// the process when it cannot write it.
class NoLog : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

/// Octets of log a shipper asks for, which wrote them into the store's folder `ship`; 0: none does.
std::uint64_t asked_log(const std::string& dir) {
    std::uint64_t octets = 0;
    std::ifstream(dir + "/ship/spool") >> octets;
    return octets;
}

/// How a store is opened.
struct How {
    Access access;
    std::shared_ptr<Expiry> expiry;
    std::uint64_t log_size = kLogSize;
    std::uint64_t kept_log = 0; ///< octets of logs to keep that are in tables already
    bool log_damaged = false;   ///< what lies before the damage is wanted all the same
};

rocksdb::DBOptions db_options(const How& how) {
    const Access access = how.access;
    const bool write = access == Access::write;
    rocksdb::DBOptions o;
    o.create_if_missing = write;
    o.info_log = std::make_shared<NoLog>();
    // A reader holds every table from the beginning: a writer may delete them meanwhile.
    o.max_open_files = write ? 256 : -1;
    o.max_total_wal_size = how.log_size;
    o.WAL_size_limit_MB = how.kept_log >> 20;
    // A log may end in the middle of a record: its writer died. Anything else is damage, which
    // RocksDB would pass over in silence.
    o.wal_recovery_mode = how.log_damaged ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                          : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    o.max_background_jobs = 2;
    o.max_file_opening_threads = 1; // there are few tables; the default starts sixteen
    o.allow_fallocate = false;      // a small store is small on the disk as well
    // A full disk ends the storing of a run; no thread shall try to go on behind its back.
    o.max_bgerror_resume_count = 0;
    o.stats_dump_period_sec = 0;
    o.stats_persist_period_sec = 0;
    return o;
}

rocksdb::ColumnFamilyOptions family_options(const std::string& name, const How& how) {
    rocksdb::ColumnFamilyOptions o;
    o.write_buffer_size = how.log_size / 2;
    if (how.expiry
        && (name == kNames[kEvents] || name == kNames[kSeries] || name == kNames[kLate]
            || name == kNames[kStamps]))
        o.compaction_filter_factory = leave_out(how.expiry, name == kNames[kSeries]);
    o.compression = rocksdb::kLZ4Compression;
    // The events of a row, and the summaries of a batch, come in the order of their keys: each is
    // put beside the one before with the same prefix.
    if (name == kNames[kEvents] || name == kNames[kFlows])
        o.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(
            name == kNames[kEvents] ? kRowKeyOctets : run_key(0).size()));
    return o;
}

Error open_error(const rocksdb::Status& status, const std::string& dir) {
    const std::string text = status.ToString();
    if (text.find("While lock file: ") != std::string::npos
        || text.find("lock hold by current process") != std::string::npos)
        return {"the store is being written by another process", dir,
                "wait for it, or choose another --db", 2};
    if (status.IsInvalidArgument()) return {"not a lacuna store (" + text + ")", dir, "", 2};
    if (text.find("Permission denied") != std::string::npos)
        return {"Permission denied", dir, "check the owner of the files in it", 2};
    return rocks_error(status, dir);
}

/// Writes the present format into a store that is new or older.
Status put_format(Rocks& rocks, const std::string& dir) {
    std::string value;
    ByteWriter(value).u32(kFormatVersion);
    const rocksdb::Status put =
        rocks.db->Put(rocksdb::WriteOptions(), rocks.family(kMeta), kFormatKey, value);
    return put.ok() ? Status() : Status(rocks_error(put, dir));
}

Status check_format(Rocks& rocks, const std::string& dir, Access access) {
    std::string value;
    const rocksdb::Status got =
        rocks.db->Get(rocksdb::ReadOptions(), rocks.family(kMeta), kFormatKey, &value);
    if (got.IsNotFound()) {
        if (access != Access::write) return Error{"not a lacuna store", dir, "", 2};
        return put_format(rocks, dir);
    }
    if (!got.ok()) return rocks_error(got, dir);
    ByteReader r(value);
    const std::uint32_t version = r.u32();
    if (!r.ok() || version == 0) return Error{"the store's format record is damaged", dir, "", 2};
    if (version > kFormatVersion)
        return Error{
            fmt::format("the store has format {}, this program knows {}", version, kFormatVersion),
            dir, "use a newer lacuna", 2};
    if (version < kFormatVersion && access == Access::write) return put_format(rocks, dir);
    return {};
}

/// The families to open: those there are, also ones a newer format may have added, since RocksDB
/// opens all or none.
std::vector<rocksdb::ColumnFamilyDescriptor> families(const std::string& dir, const How& how) {
    std::vector<std::string> names;
    (void)rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), dir, &names);
    if (names.empty()) names.emplace_back(kNames[kMeta]);
    std::vector<rocksdb::ColumnFamilyDescriptor> list;
    for (const std::string& name : names)
        list.emplace_back(name, family_options(name, how));
    return list;
}

/// Adds the families that are missing, all at once: RocksDB writes its options down, and makes sure
/// of them on the disk, after each call.
rocksdb::Status add_missing(Rocks& rocks, std::vector<rocksdb::ColumnFamilyDescriptor>& list,
                            const How& how) {
    const std::size_t present = list.size();
    for (const char* name : kNames)
        if (std::none_of(list.begin(), list.end(),
                         [name](const auto& f) { return f.name == name; }))
            list.emplace_back(name, family_options(name, how));
    if (list.size() == present) return rocksdb::Status::OK();
    std::vector<rocksdb::ColumnFamilyHandle*> added;
    const rocksdb::Status status = rocks.db->CreateColumnFamilies(
        {list.begin() + static_cast<std::ptrdiff_t>(present), list.end()}, &added);
    rocks.families.insert(rocks.families.end(), added.begin(), added.end());
    return status;
}

rocksdb::Status open_db(const std::string& dir, const How& how,
                        const std::vector<rocksdb::ColumnFamilyDescriptor>& list, Rocks& rocks) {
    const rocksdb::DBOptions options = db_options(how);
    rocksdb::DB* db = nullptr;
    rocksdb::Status status;
    switch (how.access) {
    case Access::write:
        status = rocksdb::DB::Open(options, dir, list, &rocks.families, &db);
        break;
    case Access::read:
        status = rocksdb::DB::OpenForReadOnly(options, dir, list, &rocks.families, &db);
        break;
    case Access::follow:
        status = rocksdb::DB::OpenAsSecondary(options, dir, dir, list, &rocks.families, &db);
        break;
    }
    rocks.db.reset(db);
    return status;
}

Result<Rocks> open_once(const std::string& dir, const How& how) {
    const Access access = how.access;
    Rocks rocks;
    auto list = families(dir, how);
    rocksdb::Status status = open_db(dir, how, list, rocks);
    if (status.IsCorruption()) {
        rocks = Rocks();
        How anyway = how;
        anyway.log_damaged = true;
        if (const rocksdb::Status again = open_db(dir, anyway, list, rocks); again.ok()) {
            status = again;
            rocks.log_damaged = true;
        }
    }
    if (status.IsCorruption() && access == Access::follow)
        return Error{"the store is damaged (" + status.ToString() + ")", dir,
                     "if it is the log, 'lacuna query' reads what lies before that place, and "
                     "whoever writes into the store mends it",
                     2};
    if (!status.ok()) return open_error(status, dir);
    if (access == Access::write)
        if (const auto added = add_missing(rocks, list, how); !added.ok())
            return open_error(added, dir);
    for (std::size_t i = 0; i < list.size(); ++i)
        for (std::size_t f = 0; f < kFamilies; ++f)
            if (list[i].name == kNames[f]) rocks.known[f] = rocks.families[i];
    if (Status s = check_format(rocks, dir, access); !s) return s.error();
    return rocks;
}

/// A writer turns logs into tables, notes that in the manifest and then deletes the logs. If none
/// of them went while the store was opened, all that the manifest left to the logs was there to be
/// read; if opening failed and nothing was noted meanwhile, it fails for good.
Result<Rocks> open_for_reading(const std::string& dir, const How& how) {
    for (auto pause = kFirstPause; pause < kLastPause; pause *= 2) {
        const Layout before = Layout::of(dir);
        auto rocks = open_once(dir, how);
        const Layout after = Layout::of(dir);
        if (rocks ? after.has_logs_of(before) : after.mark == before.mark) return rocks;
        std::this_thread::sleep_for(pause);
    }
    return Error{"the store changes faster than it can be read", dir, "try again", 1};
}

/// As many files may be open as the user may have: a reader opens all tables.
void allow_files() {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= files.rlim_max) return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace

std::string trimmed_key(RunId run, Level level) {
    std::string key = "trimmed" + run_key(run);
    ByteWriter(key).u8(static_cast<std::uint8_t>(level));
    return key;
}

Rocks& Rocks::operator=(Rocks&& other) noexcept {
    close();
    db = std::move(other.db);
    families = std::move(other.families);
    other.families.clear();
    std::copy(std::begin(other.known), std::end(other.known), std::begin(known));
    log_damaged = other.log_damaged;
    return *this;
}

void Rocks::close() {
    if (!db) return;
    for (rocksdb::ColumnFamilyHandle* f : families)
        db->DestroyColumnFamilyHandle(f);
    families.clear();
    db->Close();
    db.reset();
}

Error rocks_error(const rocksdb::Status& status, const std::string& dir) {
    std::string text = status.ToString();
    // Some releases of RocksDB explain themselves over several lines; an error is one.
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (status.IsNoSpace() || text.find("No space left") != std::string::npos)
        return {"the disk is full", dir, "make room, or store elsewhere", 1};
    if (status.IsCorruption()) return {"the store is damaged (" + text + ")", dir, "", 2};
    return {text, dir, "", 1};
}

Result<Rocks> open_rocks(const std::string& dir, Access access, std::shared_ptr<Expiry> expiry,
                         std::uint64_t max_size) {
    const bool write = access == Access::write;
    if (Status s = check_place(dir, write); !s) return s.error();
    if (!write) allow_files();
    How how{access, std::move(expiry)};
    if (write) how.kept_log = asked_log(dir);
    if (max_size != 0) how.log_size = std::clamp(max_size / 16, kLeastLogSize, kLogSize);
    return write ? open_once(dir, how) : open_for_reading(dir, how);
}

} // namespace lacuna::store
