// Which rows leave the table, and how.
#include "flow/tracker_impl.hpp"

#include <algorithm>

namespace lacuna::flow {

/// The least established of a sample: few packets before many, long idle before recent. An
/// established row that is not idle never is. kNoRow: none was found.
Row Tracker::Impl::find_victim() {
    const Row limit = table.limit();
    scan_credit = std::min(scan_credit + kScan, kMaxScan);
    const std::size_t most = std::min<std::size_t>(scan_credit, limit);
    Row victim = kNoRow;
    bool victim_established = false;
    std::size_t looked = 0;
    for (std::size_t sampled = 0;
         looked < most && sampled < kSample && (looked < kScan || victim == kNoRow); ++looked) {
        if (sample_hand >= limit) sample_hand = 0;
        const Row row = sample_hand++;
        const SaState& s = table.at(row);
        if (!s.used()) continue;
        const bool stands = table.received(row) >= kEstablished;
        if (stands && latest - s.last_time < kEstablishedIdle) continue;
        ++sampled;
        if (victim != kNoRow
            && (stands != victim_established ? stands : s.last_time >= table.at(victim).last_time))
            continue;
        victim = row;
        victim_established = stands;
    }
    scan_credit -= looked;
    return victim;
}

/// A victim goes, or the newcomer is refused. A flood of invented SPIs therefore turns over its own
/// rows. The next victim is chosen at once, so that its line of the index is there when it is
/// needed; it goes unless a packet of it came meanwhile. Bounded work.
bool Tracker::Impl::make_room() {
    Row victim = next_victim.row;
    if (victim == kNoRow || !table.at(victim).used()
        || table.rest(victim).first_time != next_victim.first_time
        || table.received(victim) != next_victim.received)
        victim = find_victim();
    if (victim == kNoRow) return false;
    evict(victim, false);
    const bool mine = budget.take(); // before another worker does
    next_victim.row = find_victim();
    if (next_victim.row != kNoRow) {
        next_victim.first_time = table.rest(next_victim.row).first_time;
        next_victim.received = table.received(next_victim.row);
        table.prefetch_erase(next_victim.row);
    }
    return mine;
}

void Tracker::Impl::sweep() {
    const Row limit = table.limit();
    for (std::size_t i = 0; i < kSweep && i < limit; ++i) {
        if (sweep_hand >= limit) sweep_hand = 0;
        const Row row = sweep_hand++;
        const SaState& s = table.at(row);
        if (s.used() && latest - s.last_time > config.idle_timeout) evict(row, true);
    }
}

void Tracker::Impl::evict(Row row, bool idle) {
    SaSummary final;
    summarize(row, final);
    final.evicted = 1;
    gone.add(final);
    walk.leaves(row, final);
    const SaState& s = table.at(row);
    const SaRest& rest = table.rest(row);
    if (config.events) {
        evicted.push(final);
        events.push(
            {final.id, rest.first_time, latest, s.highest, 0, 0, EventKind::evicted, 0, 0, 0});
    }
    ++(idle ? counters.evicted_idle : counters.evicted_full);
    if (rest.record != seq::kNoRecord) {
        seq::RecordPool& pool = pool_of(rest.record);
        const seq::RecordId id = rest.record & ~kShort;
        if (pool.at(id).shadow != seq::kNoRecord) pool.give_back(pool.at(id).shadow);
        pool.give_back(id);
    }
    channels.part(table, row);
    table.erase(row);
    budget.give_back();
}

void Tracker::finish(TimeNs end) {
    Impl& t = *impl_;
    if (t.config.idle_timeout == 0) return;
    for (Row row = 0; row < t.table.limit(); ++row) {
        const SaState& s = t.table.at(row);
        if (s.used() && end - s.last_time > t.config.idle_timeout) t.evict(row, true);
    }
}

} // namespace lacuna::flow
