// Following the log of a store.
#pragma once

#include "fleet/ship/inserts.hpp"
#include "store/read/log.hpp"

#include <map>

namespace lacuna::fleet {

/// What the log tells, as rows. Events and samples become rows at once; of summaries and run
/// records, which supersede each other many times a minute, the latest is kept until settle().
/// Memory by SAs that changed since, some 600 octets each, at most kMostChanged of them. Not
/// thread-safe.
class Follower {
public:
    Follower(const store::StoreReader& reader, const Origin& origin, Inserts& inserts)
        : rows_(reader), log_(reader), reader_(reader), origin_(origin), inserts_(inserts) {}

    /// Takes what the reader sees behind `place`. False: the log has it no more.
    Result<bool> take(std::uint64_t& place);
    /// Whether settle() has to come before the next take(): there is no more room, or a run ended.
    bool full() const { return changed_.size() >= kMostChanged || ended_; }
    /// Makes rows of what was kept.
    Status settle();
    TimeNs through() const { return through_; } ///< latest packet time of a run record seen

private:
    static constexpr std::size_t kMostChanged = 1u << 20;
    Status add_point(store::RunId run, store::Level level, const flow::Sample& sample);
    Status add_summary(store::RunId run, const flow::SaSummary& flow);
    Result<TimeNs> series_interval(store::RunId run);

    store::StoreRows rows_;
    store::StoreLog log_;
    const store::StoreReader& reader_;
    const Origin& origin_;
    Inserts& inserts_;
    std::map<std::string, std::pair<store::RunId, flow::SaSummary>> changed_; ///< by row
    std::map<store::RunId, store::RunRecord> runs_;
    std::map<store::RunId, TimeNs> intervals_;
    TimeNs through_ = 0;
    bool ended_ = false;
};

} // namespace lacuna::fleet
