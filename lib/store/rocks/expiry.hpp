// Lets compaction leave out what of a run is too old; inside lib/store only.
#pragma once

#include "base/types.hpp"
#include "store/records/records.hpp"

#include <atomic>
#include <limits>
#include <memory>
#include <rocksdb/compaction_filter.h>
#include <string_view>

namespace lacuna::store {

/// Up to when points and events of one run may go. Set by one thread, read by RocksDB's.
class Expiry {
public:
    /// Forward only.
    void set(RunId run, TimeNs before) {
        run_.store(run, std::memory_order_relaxed);
        before_.store(before, std::memory_order_release);
    }
    TimeNs before() const { return before_.load(std::memory_order_acquire); }
    bool old_point(std::string_view key) const;
    bool old_event(std::string_view key, std::string_view value) const;

    std::atomic<std::uint64_t> points{0}; ///< left out so far
    std::atomic<std::uint64_t> events{0};

private:
    std::atomic<RunId> run_{0};
    std::atomic<TimeNs> before_{std::numeric_limits<TimeNs>::min()};
};

/// For the families `series` and `events`.
std::shared_ptr<rocksdb::CompactionFilterFactory> leave_out(std::shared_ptr<Expiry> expiry,
                                                            bool series);

} // namespace lacuna::store
