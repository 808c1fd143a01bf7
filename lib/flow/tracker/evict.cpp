// Which rows leave the table, and how.
#include "flow/period.hpp"
#include "flow/tracker/tracker_impl.hpp"

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
        if (!s.counts()) continue;
        const bool stands = table.received(row) >= kEstablished;
        if (stands && elapsed(s.last_time, latest) < kEstablishedIdle) continue;
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
bool Tracker::Impl::make_room(Row keep) {
    Row victim = next_victim.row;
    if (victim == kNoRow || !table.at(victim).used()
        || table.rest(victim).first_time != next_victim.first_time
        || table.received(victim) != next_victim.received)
        victim = find_victim();
    if (victim == kNoRow) return false;
    if (keep != kNoRow
        && (victim == keep || table.rest(victim).identity == table.rest(keep).identity))
        return false;
    evict(victim, false);
    const bool mine = share.take(); // before another worker does
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
        if (s.counts() && (s.flags & kApart) == 0 && idle(row, latest)) evict(row, true);
    }
}

/// All rows that are idle now go, in one call as many as can be told.
void Tracker::Impl::sweep_all() {
    for (Row row = 0; row < table.limit(); ++row) {
        const SaState& s = table.at(row);
        if (!s.counts() || (s.flags & kApart) != 0 || !idle(row, latest)) continue;
        if (config.events && evicted.size() + kSlots > kMostSwept) return;
        evict(row, true);
    }
}

/// Whether the row, and all of its identity, has been idle for longer than allowed at `now`.
bool Tracker::Impl::idle(Row row, TimeNs now) const {
    const Identity* id = identity_of(row);
    TimeNs last = table.at(row).last_time;
    if (id != nullptr) {
        last = std::max(last, id->last_time);
        if (id->live == 1) last = std::max(last, table.at(id->primary).last_time);
    }
    return elapsed(last, now) > static_cast<std::uint64_t>(config.idle_timeout);
}

void Tracker::Impl::report_gone(Row row, bool idle) {
    SaSummary final;
    summarize(row, final);
    final.evicted = 1;
    gone.of(final.id.key.protocol).add(final);
    walk.leaves(row, final);
    const SaState& s = table.at(row);
    if (config.events) {
        evicted.push(final);
        push_event({final.id, table.rest(row).first_time, latest, s.highest, 0, 0,
                    EventKind::evicted, 0, 0, 0});
    }
    ++(idle ? counters.evicted_idle : counters.evicted_full);
}

void Tracker::Impl::drop_row(Row row) {
    SaRest& rest = table.rest(row);
    if (rest.record != seq::kNoBlock) seq::give_back_record(pool, rest.record);
    channels.part(table, row, pool);
    table.erase(row);
    share.give_back();
}

/// The row goes, with all other counters of its identity.
void Tracker::Impl::evict(Row row, bool idle) {
    const seq::Block block = table.rest(row).identity;
    if (block == seq::kNoBlock) {
        report_gone(row, idle);
        return drop_row(row);
    }
    Identity& id = pool.at<Identity>(block);
    end_identity(id);
    for (Slot slot = 0; slot < kSlots; ++slot) {
        if (id.counter[slot] == seq::kNoBlock) continue;
        const Row r = pool.at<Counter>(id.counter[slot]).row;
        if (r != kNoRow) report_gone(r, idle);
    }
    close_identity(id);
}

void Tracker::finish(TimeNs end) {
    Impl& t = *impl_;
    // Any number of rows may go now; nothing waits for packets any more.
    if (t.config.events && t.config.idle_timeout != 0 && t.evicted.size() == 0)
        t.evicted.reserve(t.table.size() + 1);
    for (Row row = 0; row < t.table.limit(); ++row) {
        const SaState& s = t.table.at(row);
        if (!s.counts() || (s.flags & kApart) != 0) continue;
        if (const seq::Block block = t.table.rest(row).identity; block != seq::kNoBlock)
            t.end_identity(t.pool.at<Identity>(block));
        if (t.config.idle_timeout != 0 && t.idle(row, end)) t.evict(row, true);
    }
}

} // namespace lacuna::flow
