// How many tables a store has. Runs do not overlap, so RocksDB never puts two of them together by
// itself: each would leave tables of its own, and a reader, which opens all, would run out of
// files.
#include "store/write/writer_impl.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

/// Neighbours of less than kSmall octets are put together once there are more than kMost.
constexpr std::uint64_t kSmall = 8u << 20;
constexpr std::size_t kMost = 16;
constexpr std::uint64_t kLargest = 64u << 20;

using Tables = std::vector<std::string>;

/// Small tables side by side, where there are too many.
std::vector<Tables> too_many(std::vector<rocksdb::SstFileMetaData> level) {
    std::sort(level.begin(), level.end(),
              [](const auto& a, const auto& b) { return a.smallestkey < b.smallestkey; });
    std::vector<Tables> groups(1);
    for (const rocksdb::SstFileMetaData& table : level) {
        if (table.size < kSmall && !table.being_compacted)
            groups.back().push_back(table.name);
        else if (!groups.back().empty())
            groups.emplace_back();
    }
    std::erase_if(groups, [](const Tables& group) { return group.size() <= kMost; });
    return groups;
}

} // namespace

/// Whatever fails leaves the tables as they are; the end of another run tries again.
void StoreWriter::Impl::merge_small_tables() {
    rocksdb::CompactionOptions options;
    options.compression = rocksdb::kDisableCompressionOption; // the family's
    options.output_file_size_limit = kLargest;
    for (rocksdb::ColumnFamilyHandle* family : rocks.families) {
        rocksdb::ColumnFamilyMetaData all;
        rocks.db->GetColumnFamilyMetaData(family, &all);
        for (const rocksdb::LevelMetaData& level : all.levels) {
            if (level.level == 0) continue; // these RocksDB looks after
            for (const Tables& group : too_many(level.files))
                (void)rocks.db->CompactFiles(options, family, group, level.level);
        }
    }
}

} // namespace lacuna::store
