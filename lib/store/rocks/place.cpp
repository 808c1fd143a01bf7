#include "store/rocks/place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <rocksdb/db.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::store {
namespace {

constexpr const char* kHowToMake = "'lacuna analyze --db DIR' makes one";

Error system_error(int number, const std::string& dir) {
    const bool full = number == ENOSPC || number == EDQUOT;
    return {std::strerror(number), dir, full ? "make room, or store elsewhere" : "", full ? 1 : 2};
}

/// A store whose making was cut short holds nothing else.
bool made_by_rocksdb(const std::string& name) {
    for (const char* start : {"LOCK", "LOG", "IDENTITY", "MANIFEST-", "OPTIONS-"})
        if (name.starts_with(start)) return true;
    return name.ends_with(".dbtmp") || name.ends_with(".log");
}

Status check_new(const std::string& dir) {
    std::error_code failed;
    std::filesystem::directory_iterator it(dir, failed);
    for (; !failed && it != std::filesystem::directory_iterator(); it.increment(failed))
        if (!made_by_rocksdb(it->path().filename().string()))
            return Error{"not a lacuna store, and not empty", dir,
                         "--db takes a new or empty directory, or a store", 2};
    return failed ? Status(system_error(failed.value(), dir)) : Status();
}

/// A RocksDB that has only the family every one has, and something in it, is somebody else's.
Status check_owner(const std::string& dir) {
    std::vector<std::string> families;
    if (!rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), dir, &families).ok()
        || families.size() > 1)
        return {}; // opening it says more
    rocksdb::DB* db = nullptr;
    if (!rocksdb::DB::OpenForReadOnly(rocksdb::Options(), dir, &db).ok()) return {};
    const std::unique_ptr<rocksdb::DB> owner(db);
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(rocksdb::ReadOptions()));
    it->SeekToFirst();
    return it->Valid() ? Status(Error{"not a lacuna store", dir, "it is another RocksDB", 2})
                       : Status();
}

} // namespace

Status check_place(const std::string& dir, bool write) {
    struct stat st {};
    if (stat(dir.c_str(), &st) != 0) {
        if (!write) return Error{"no such store", dir, kHowToMake, 2};
        if (errno == ENOENT && lstat(dir.c_str(), &st) == 0)
            return Error{"a symbolic link that leads nowhere", dir,
                         "make the directory it names, or remove it", 2};
        if (errno != ENOENT || mkdir(dir.c_str(), 0777) != 0) return system_error(errno, dir);
        return {};
    }
    if (!S_ISDIR(st.st_mode)) return Error{"not a directory", dir, "--db takes a directory", 2};
    const int wanted = write ? R_OK | W_OK | X_OK : R_OK | X_OK;
    if (faccessat(AT_FDCWD, dir.c_str(), wanted, AT_EACCESS) != 0) return system_error(errno, dir);
    const bool there = stat((dir + "/CURRENT").c_str(), &st) == 0;
    if (!write) return there ? Status() : Status(Error{"not a lacuna store", dir, kHowToMake, 2});
    return there ? check_owner(dir) : check_new(dir);
}

Layout Layout::of(const std::string& dir) {
    Layout layout;
    std::ifstream current(dir + "/CURRENT");
    std::string manifest;
    std::getline(current, manifest);
    struct stat st {};
    if (!manifest.empty() && stat((dir + "/" + manifest).c_str(), &st) == 0)
        layout.mark = fmt::format("{} {}", manifest, st.st_size);
    std::error_code failed;
    std::filesystem::directory_iterator it(dir, failed);
    for (; !failed && it != std::filesystem::directory_iterator(); it.increment(failed))
        if (it->path().extension() == ".log") layout.logs.push_back(it->path().filename().string());
    std::sort(layout.logs.begin(), layout.logs.end());
    return layout;
}

bool Layout::has_logs_of(const Layout& earlier) const {
    return std::includes(logs.begin(), logs.end(), earlier.logs.begin(), earlier.logs.end());
}

} // namespace lacuna::store
