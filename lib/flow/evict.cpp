// Which rows leave the table, and how.
#include "flow/tracker_impl.hpp"

#include <algorithm>

namespace lacuna::flow {

/// The least established of a sample goes: few packets before many, long idle before recent. An
/// established row that is not idle never does; then the newcomer is refused. A flood of invented
/// SPIs therefore turns over its own rows. Bounded work.
bool Tracker::Impl::make_room() {
    Row victim = kNoRow;
    const Row limit = table.limit();
    std::size_t sampled = 0;
    for (std::size_t i = 0; sampled < kSample && i < std::min<std::size_t>(kMaxScan, limit); ++i) {
        if (sample_hand >= limit) sample_hand = 0;
        const Row row = sample_hand++;
        const SaState& s = table.at(row);
        if (!s.used()) continue;
        const bool established = table.received(row) >= kEstablished;
        if (established && latest - s.last_time < kEstablishedIdle) continue;
        ++sampled;
        if (victim != kNoRow) {
            const SaState& v = table.at(victim);
            const bool v_established = table.received(victim) >= kEstablished;
            if (established != v_established ? established : s.last_time >= v.last_time) continue;
        }
        victim = row;
    }
    if (victim == kNoRow) return false;
    evict(victim, false);
    return budget.take();
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
    taker.leaves(row, final);
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
