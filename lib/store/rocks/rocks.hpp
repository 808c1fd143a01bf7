// What writer and reader share of RocksDB; inside lib/store only.
#pragma once

#include "base/result.hpp"
#include "store/read/series.hpp"
#include "store/records/records.hpp"
#include "store/rocks/expiry.hpp"

#include <memory>
#include <rocksdb/db.h>
#include <string>
#include <vector>

namespace lacuna::store {

/// Column families. `notable` and `series` came with format 2, `late` and `stamps` within it.
enum Family : std::size_t {
    kMeta,
    kRuns,
    kFlows,
    kEvents,
    kNotable,
    kSeries,
    kLate,
    kStamps,
    kFamilies
};

/// Keys of the family `default`.
inline constexpr const char* kFormatKey = "lacuna.format";
/// ... | run | level: series points before the time that is its value have been removed.
std::string trimmed_key(RunId run, Level level);

enum class Access {
    write,  ///< made if missing, and brought to the present format
    read,   ///< as it is now
    follow, ///< a secondary instance: catches up with its writer
};

/// An open database and its column families; closes them in order.
struct Rocks {
    std::unique_ptr<rocksdb::DB> db;
    std::vector<rocksdb::ColumnFamilyHandle*> families; ///< all that were opened
    rocksdb::ColumnFamilyHandle* known[kFamilies] = {}; ///< nullptr: an older store has it not
    /// Its newest log is damaged: what was written behind that place is not to be had.
    bool log_damaged = false;

    Rocks() = default;
    Rocks(Rocks&& other) noexcept { *this = std::move(other); }
    Rocks& operator=(Rocks&& other) noexcept;
    ~Rocks() { close(); }
    void close();
    rocksdb::ColumnFamilyHandle* family(Family f) const { return known[f]; }
};

/// Opens and checks the format. Writers only: what compaction leaves out, and how large the store
/// may become (0: no bound), to which buffers and logs are fitted.
Result<Rocks> open_rocks(const std::string& dir, Access access,
                         std::shared_ptr<Expiry> expiry = nullptr, std::uint64_t max_size = 0);

/// A RocksDB status as an Error: exit 1, with the reason a person can act on.
Error rocks_error(const rocksdb::Status& status, const std::string& dir);

} // namespace lacuna::store
