// What writer and reader share of RocksDB; inside lib/store only.
#pragma once

#include "store/store.hpp"

#include <rocksdb/db.h>

namespace lacuna::store {

/// Column families, in the order they are opened.
enum Family : std::size_t { kMeta, kRuns, kFlows, kEvents, kFamilies };

/// An open database and its column families; closes them in order.
struct Rocks {
    std::unique_ptr<rocksdb::DB> db;
    std::vector<rocksdb::ColumnFamilyHandle*> families;

    Rocks() = default;
    Rocks(Rocks&&) = default;
    Rocks& operator=(Rocks&&) = default;
    ~Rocks();
    rocksdb::ColumnFamilyHandle* family(Family f) const { return families[f]; }
};

/// Opens for writing (made if missing) or for reading, and checks the format.
Result<Rocks> open_rocks(const std::string& dir, bool write);

/// A RocksDB status as an Error: exit 1, with the reason a person can act on.
Error rocks_error(const rocksdb::Status& status, const std::string& dir);

} // namespace lacuna::store
