// What may and what may not be opened as a store.
#include "catch.hpp"
#include "store/records/bytes.hpp"
#include "store/store.hpp"
#include "support/store_samples.hpp"

#include <fstream>
#include <functional>
#include <rocksdb/db.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

void make_rocksdb(const std::string& dir, const std::string& key, const std::string& value) {
    rocksdb::DB* db = nullptr;
    rocksdb::Options options;
    options.create_if_missing = true;
    REQUIRE(rocksdb::DB::Open(options, dir, &db).ok());
    const std::unique_ptr<rocksdb::DB> owner(db);
    REQUIRE(db->Put(rocksdb::WriteOptions(), key, value).ok());
}

/// Permissions do not bind root; for a while this process is somebody else.
class Unprivileged {
public:
    Unprivileged() : was_(geteuid()) {
        if (was_ == 0) REQUIRE(seteuid(65534) == 0);
    }
    ~Unprivileged() {
        if (was_ == 0 && seteuid(0) != 0) abort();
    }

private:
    uid_t was_;
};

void make_store(const std::string& dir) {
    auto writer = StoreWriter::open(dir, {});
    REQUIRE(writer);
    REQUIRE((*writer)->end_run({}));
}

/// The names in a directory, to see that nothing was left in it.
std::vector<std::string> names(const std::string& dir) {
    std::vector<std::string> list;
    for (const auto& entry : std::filesystem::directory_iterator(dir))
        list.push_back(entry.path().filename().string());
    std::sort(list.begin(), list.end());
    return list;
}

struct Place {
    const char* what;
    std::function<std::string(const TempDir&)> make; ///< returns the directory to open
    const char* read_says;                           ///< nullptr: opens
    const char* write_says;
};

const Place kPlaces[] = {
    {"nothing there", [](const TempDir& d) { return d / "new"; }, "no such store", nullptr},
    {"no parent either", [](const TempDir& d) { return d / "a/b"; }, "no such store",
     "No such file or directory"},
    {"an empty directory", [](const TempDir& d) { return d.path(); }, "not a lacuna store",
     nullptr},
    {"a store",
     [](const TempDir& d) {
         make_store(d / "s");
         return d / "s";
     },
     nullptr, nullptr},
    {"a file",
     [](const TempDir& d) {
         std::ofstream(d / "f") << "x";
         return d / "f";
     },
     "not a directory", "not a directory"},
    {"a symbolic link to nothing",
     [](const TempDir& d) {
         REQUIRE(symlink((d / "gone").c_str(), (d / "link").c_str()) == 0);
         return d / "link";
     },
     "no such store", "a symbolic link that leads nowhere"},
    {"below a file",
     [](const TempDir& d) {
         std::ofstream(d / "f") << "x";
         return d / "f/s";
     },
     "no such store", "Not a directory"},
    {"a fifo",
     [](const TempDir& d) {
         REQUIRE(mkfifo((d / "p").c_str(), 0600) == 0);
         return d / "p";
     },
     "not a directory", "not a directory"},
    {"a directory of something else",
     [](const TempDir& d) {
         std::ofstream(d / "report.txt") << "x";
         return d.path();
     },
     "not a lacuna store", "not a lacuna store"},
    {"somebody else's RocksDB",
     [](const TempDir& d) {
         make_rocksdb(d / "r", "key", "value");
         return d / "r";
     },
     "not a lacuna store", "not a lacuna store"},
    {"a newer format",
     [](const TempDir& d) {
         make_store(d / "s");
         std::string version;
         ByteWriter(version).u32(kFormatVersion + 1);
         rocksdb::DB* db = nullptr;
         std::vector<rocksdb::ColumnFamilyHandle*> handles;
         std::vector<rocksdb::ColumnFamilyDescriptor> families;
         for (const char* name :
              {"default", "runs", "flows", "events", "notable", "late", "series", "stamps"})
             families.emplace_back(name, rocksdb::ColumnFamilyOptions());
         REQUIRE(rocksdb::DB::Open({}, d / "s", families, &handles, &db).ok());
         const std::unique_ptr<rocksdb::DB> owner(db);
         REQUIRE(db->Put({}, "lacuna.format", version).ok());
         for (auto* handle : handles)
             REQUIRE(db->DestroyColumnFamilyHandle(handle).ok());
         return d / "s";
     },
     "the store has format 3", "the store has format 3"},
    {"CURRENT is garbage",
     [](const TempDir& d) {
         make_store(d / "s");
         std::ofstream(d / "s/CURRENT") << "garbage";
         return d / "s";
     },
     "damaged", "damaged"},
    {"a table is garbage, its name full of lock",
     [](const TempDir& d) {
         make_store(d / "lock block");
         make_store(d / "lock block"); // the first run is in a table now
         for (const std::string& name : names(d / "lock block"))
             if (name.find(".sst") != std::string::npos)
                 std::ofstream(d / ("lock block/" + name)) << "garbage";
         return d / "lock block";
     },
     "damaged", "damaged"},
};

template <typename T>
void check_opening(Result<T> opened, const char* says, const std::string& where) {
    if (says == nullptr) {
        INFO((opened ? std::string() : opened.error().text()));
        CHECK(opened);
        return;
    }
    REQUIRE_FALSE(opened);
    CHECK(opened.error().what.find(says) != std::string::npos);
    CHECK(opened.error().where == where);
    CHECK(opened.error().exit_code == 2);
    CHECK(opened.error().text().find('\n') == std::string::npos);
    INFO(opened.error().text());
    CHECK(opened.error().text().size() < 400);
}

} // namespace

TEST_CASE("store: what may be opened", "[store]") {
    for (const Place& place : kPlaces) {
        CAPTURE(place.what);
        const TempDir dir;
        const std::string path = place.make(dir);
        check_opening(StoreReader::open(path), place.read_says, path);
        check_opening(StoreWriter::open(path, {}), place.write_says, path);
    }
}

TEST_CASE("store: what is refused is left as it is", "[store]") {
    const TempDir dir;
    std::ofstream(dir / "report.txt") << "x";
    REQUIRE_FALSE(StoreReader::open(dir.path()));
    REQUIRE_FALSE(StoreWriter::open(dir.path(), {}));
    CHECK(names(dir.path()) == std::vector<std::string>{"report.txt"});

    make_rocksdb(dir / "r", "key", "value");
    REQUIRE_FALSE(StoreReader::open(dir / "r"));
    REQUIRE_FALSE(StoreWriter::open(dir / "r", {}));
    std::vector<std::string> families;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, dir / "r", &families).ok());
    CHECK(families == std::vector<std::string>{"default"});
}

TEST_CASE("store: permissions", "[store]") {
    const TempDir dir;
    REQUIRE(chmod(dir.path().c_str(), 0755) == 0);
    make_store(dir / "readable");
    make_store(dir / "closed");
    REQUIRE(mkdir((dir / "empty").c_str(), 0755) == 0);
    REQUIRE(chmod((dir / "readable").c_str(), 0555) == 0);
    REQUIRE(chmod((dir / "closed").c_str(), 0000) == 0);
    REQUIRE(chmod((dir / "empty").c_str(), 0555) == 0);
    const auto before = names(dir / "readable");
    {
        const Unprivileged nobody;
        // Reading needs no right to write, and leaves nothing behind.
        check_opening(StoreReader::open(dir / "readable"), nullptr, "");
        check_opening(StoreReader::open(dir / "closed"), "Permission denied", dir / "closed");
        for (const char* name : {"readable", "closed", "empty"})
            check_opening(StoreWriter::open(dir / name, {}), "Permission denied", dir / name);
        if (geteuid() != 0 && getuid() == 0)
            check_opening(StoreWriter::open(dir / "new", {}), "Permission denied", dir / "new");
    }
    CHECK(names(dir / "readable") == before);
    for (const char* name : {"readable", "closed", "empty"})
        REQUIRE(chmod((dir / name).c_str(), 0755) == 0);
}

TEST_CASE("store: a second writer is refused while the first is there", "[store]") {
    const TempDir dir;
    {
        auto first = StoreWriter::open(dir.path(), {});
        REQUIRE(first);
        check_opening(StoreWriter::open(dir.path(), {}), "being written by another process",
                      dir.path());
        REQUIRE((*first)->end_run({}));
    }
    CHECK(StoreWriter::open(dir.path(), {}));
}

TEST_CASE("store: runs are numbered and keep their state", "[store]") {
    const TempDir dir;
    for (RunId id = 1; id <= 3; ++id) {
        RunRecord run;
        run.id = 77; // is assigned
        run.command = "run " + std::to_string(id);
        auto writer = StoreWriter::open(dir.path(), run);
        REQUIRE(writer);
        CHECK((*writer)->run() == id);
        run.figures.frames.decoded = id * 10;
        if (id == 2) continue; // died
        run.ended = 5;
        REQUIRE((*writer)->end_run(run));
    }
    auto reader = StoreReader::open(dir.path());
    REQUIRE(reader);
    const auto runs = (*reader)->runs();
    REQUIRE(runs);
    REQUIRE(runs->size() == 3);
    for (RunId id = 1; id <= 3; ++id) {
        const RunRecord& run = (*runs)[id - 1];
        CHECK(run.id == id);
        CHECK(run.command == "run " + std::to_string(id));
        CHECK(run.state == (id == 2 ? RunState::crashed : RunState::ended));
        CHECK(run.figures.frames.offered() == (id == 2 ? 0 : id * 10));
    }
}
