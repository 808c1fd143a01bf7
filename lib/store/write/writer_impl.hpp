// Inside of StoreWriter; included by the files of lib/store that implement it only.
#pragma once

#include "store/rocks/expiry.hpp"
#include "store/rocks/rocks.hpp"
#include "store/write/writer.hpp"

#include <mutex>
#include <rocksdb/write_batch.h>
#include <shared_mutex>
#include <unordered_set>

namespace lacuna::store {

struct StoreWriter::Impl {
    std::string dir;
    Limits limits;
    RunId run = 0;
    TimeNs series_interval = 0;
    std::vector<RunRecord> crashed;
    std::shared_ptr<Expiry> expiry = std::make_shared<Expiry>();

    /// Held by all while they use `rocks`; alone by who closes and opens it.
    mutable std::shared_mutex in_use;
    Rocks rocks;

    /// Guards what follows, and that writes happen one after the other.
    mutable std::mutex mutex;
    Status broken;
    std::uint64_t serial = 0;             ///< of the next event
    bool paging = false;                  ///< between begin_page() and put_page()
    std::unordered_set<std::string> gone; ///< keys of rows that left the table meanwhile
    /// By a hash of their keys: which summaries may be final, since their rows have left.
    std::vector<bool> may_be_final;
    std::unordered_set<std::string> final_in_batch; ///< of the batch that is being made
    TimeNs earliest = 0;                            ///< packet times of the record written last
    TimeNs latest = 0;

    std::atomic<std::uint64_t> stored{0};
    std::atomic<std::uint64_t> runs_removed{0};

    Status begin_run();
    std::uint64_t in_memory() const;
    /// What prepare_end() makes tables of.
    std::vector<rocksdb::ColumnFamilyHandle*> early_families() const {
        return {rocks.family(kEvents), rocks.family(kSeries)};
    }

    /// Has `fill` make a batch, and writes it. Nothing is written once something failed: RocksDB
    /// may abort the process if its log could not be written and it is given more.
    template <typename Fill>
    Status write(std::size_t octets, Fill&& fill) {
        const std::shared_lock use(in_use);
        const std::lock_guard lock(mutex);
        if (!broken) return broken;
        rocksdb::WriteBatch batch(octets);
        fill(batch);
        if (batch.Count() == 0) return {};
        const Status status = keep(rocks.db->Write(rocksdb::WriteOptions(), &batch));
        if (status) stored += batch.Count();
        return status;
    }
    /// With the mutex held.
    Status keep(const rocksdb::Status& status) {
        if (!status.ok() && broken) broken = rocks_error(status, dir);
        return broken;
    }

    /// Where the summary goes: behind those of earlier lives of the SA that began at the same time
    /// and have left the table. With the mutex held, within write().
    std::string place_of(const flow::SaSummary& s);
    bool is_final(const std::string& key) const;

    // tables.cpp
    void merge_small_tables();

    // retention.cpp
    std::uint64_t octets() const;
    Status remove_run(RunId id);
    Status remove_old_runs(TimeNs now);
    Status remove_for_room(TimeNs first, TimeNs last);
    Status compact(const std::string& begin, const std::string& end,
                   std::initializer_list<Family> families, bool all_gone);
    Status trim(TimeNs before);
    Result<std::vector<RunRecord>> other_runs() const;
};

} // namespace lacuna::store
