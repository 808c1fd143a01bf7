#include "store/rocks.hpp"

#include "store/bytes.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace lacuna::store {
namespace {

constexpr const char* kFormatKey = "lacuna.format";

rocksdb::DBOptions db_options(bool write) {
    rocksdb::DBOptions o;
    o.create_if_missing = write;
    o.create_missing_column_families = write;
    o.keep_log_file_num = 2;
    o.max_log_file_size = 1 << 20;
    o.info_log_level = rocksdb::WARN_LEVEL;
    o.max_open_files = 256;
    o.max_total_wal_size = 128u << 20;
    o.max_background_jobs = 2;
    o.stats_dump_period_sec = 0;
    o.stats_persist_period_sec = 0;
    return o;
}

rocksdb::ColumnFamilyOptions family_options() {
    rocksdb::ColumnFamilyOptions o;
    o.write_buffer_size = 32u << 20;
    o.compression = rocksdb::kLZ4Compression;
    return o;
}

/// Whether `dir` may be opened at all, said better than RocksDB does.
Status check_directory(const std::string& dir, bool write) {
    struct stat st {};
    if (stat(dir.c_str(), &st) != 0) {
        if (write) return {};
        return Error{"no such store", dir, "'lacuna analyze --db DIR' makes one", 2};
    }
    if (!S_ISDIR(st.st_mode)) return Error{"not a directory", dir, "--db takes a directory", 2};
    if (!write && stat((dir + "/CURRENT").c_str(), &st) != 0)
        return Error{"not a lacuna store", dir, "'lacuna analyze --db DIR' makes one", 2};
    return {};
}

Error open_error(const rocksdb::Status& status, const std::string& dir) {
    const std::string text = status.ToString();
    if (text.find("lock") != std::string::npos)
        return {"the store is being written by another process", dir,
                "wait for it, or choose another --db", 2};
    if (status.IsInvalidArgument()) return {"not a lacuna store (" + text + ")", dir, "", 2};
    if (text.find("Permission denied") != std::string::npos)
        return {"no permission", dir, "check the owner of the directory", 2};
    return rocks_error(status, dir);
}

Status check_format(Rocks& rocks, const std::string& dir, bool write) {
    std::string value;
    const rocksdb::Status got =
        rocks.db->Get(rocksdb::ReadOptions(), rocks.family(kMeta), kFormatKey, &value);
    if (got.IsNotFound()) {
        if (!write) return Error{"not a lacuna store", dir, "", 2};
        ByteWriter(value).u32(kFormatVersion);
        const rocksdb::Status put =
            rocks.db->Put(rocksdb::WriteOptions(), rocks.family(kMeta), kFormatKey, value);
        return put.ok() ? Status() : Status(rocks_error(put, dir));
    }
    if (!got.ok()) return rocks_error(got, dir);
    ByteReader r(value);
    const std::uint32_t version = r.u32();
    if (!r.ok() || version == 0) return Error{"the store's format record is damaged", dir, "", 2};
    if (version > kFormatVersion)
        return Error{
            fmt::format("the store has format {}, this program knows {}", version, kFormatVersion),
            dir, "use a newer lacuna", 2};
    return {};
}

} // namespace

Rocks::~Rocks() {
    if (!db) return;
    for (rocksdb::ColumnFamilyHandle* f : families)
        db->DestroyColumnFamilyHandle(f);
    db->Close();
}

Error rocks_error(const rocksdb::Status& status, const std::string& dir) {
    if (status.IsNoSpace() || status.ToString().find("No space left") != std::string::npos)
        return {"the disk is full", dir, "make room, or store elsewhere", 1};
    return {status.ToString(), dir, "", 1};
}

Result<Rocks> open_rocks(const std::string& dir, bool write) {
    if (Status s = check_directory(dir, write); !s) return s.error();
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const char* name : {"default", "runs", "flows", "events"})
        descriptors.emplace_back(name, family_options());
    Rocks rocks;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        write ? rocksdb::DB::Open(db_options(true), dir, descriptors, &rocks.families, &db)
              : rocksdb::DB::OpenForReadOnly(db_options(false), dir, descriptors, &rocks.families,
                                             &db);
    if (!status.ok()) return open_error(status, dir);
    rocks.db.reset(db);
    if (Status s = check_format(rocks, dir, write); !s) return s.error();
    return rocks;
}

} // namespace lacuna::store
