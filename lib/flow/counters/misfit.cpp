// Packets that fit no counter of their source: branches, and runs of misfits that become one.
#include "flow/counters/counters.hpp"
#include "seq/extend.hpp"

#include <algorithm>
#include <span>

namespace lacuna::flow {

using seq::distance;
using seq::kNoBlock;

Slot Counters::add_counter(const wire::SaIdentity& shown) {
    Slot s = 0;
    while (s < kSlots && id_.counter[s] != kNoBlock)
        ++s;
    if (s == kSlots) return kNoSlot;
    const seq::Block block = pool_.take(sizeof(Counter));
    if (block == kNoBlock) return kNoSlot;
    id_.counter[s] = block;
    Counter& c = counter(s);
    std::memset(static_cast<void*>(&c), 0, sizeof c);
    c.branch = c.outlast = c.record = kNoBlock;
    c.row = kNoRow;
    c.shown = c.latest = shown;
    return s;
}

void Counters::drop_counter(Slot s) {
    Counter& c = counter(s);
    if (c.branch != kNoBlock) pool_.give_back(c.branch, sizeof(Branch));
    pool_.give_back(id_.counter[s], sizeof(Counter));
    id_.counter[s] = kNoBlock;
    if (id_.prev_slot == s) id_.prev_slot = kNoSlot;
}

/// The counter whose highest number is nearest; the older of two.
Slot Counters::nearest(const Slots& among, std::uint32_t wire, bool settled_only) {
    Slot found = kNoSlot;
    std::int64_t least = 0;
    for (std::size_t i = 0; i < among.count; ++i) {
        const Counter& c = counter(among.slot[i]);
        if (settled_only && c.is_branch()) continue;
        const std::int64_t d = std::abs(std::int64_t{distance(c.highest, wire)});
        if (found != kNoSlot && d >= least) continue;
        found = among.slot[i];
        least = d;
    }
    return found;
}

/// A branch that begins with `p` beside `near`. Where all counters an identity may have are there,
/// or no memory is left, the packet goes to the one that stands for all others.
Slot Counters::begin_branch(const Packet& p, const Slots& older, Slot near, bool of_new_source) {
    const std::size_t settled = id_.live - id_.open;
    const bool full = settled >= seq::kMost || id_.live >= kLive;
    const seq::Block block = full ? kNoBlock : pool_.take(sizeof(Branch));
    const Slot s = block == kNoBlock ? kNoSlot : add_counter(*p.shown);
    if (s == kNoSlot) {
        if (block != kNoBlock) pool_.give_back(block, sizeof(Branch));
        if (settled < seq::kMost) { // no memory: nothing can be remembered of it
            log(near, p,
                distance(counter(near).highest, p.wire) > seq::kShortJump ? kEntryOutlier : 0);
            return near;
        }
        if (id_.rest_slot == kNoSlot) id_.rest_slot = add_counter(*p.shown);
        if (id_.rest_slot == kNoSlot) return log(near, p, kEntryOutlier), near;
        learn(counter(id_.rest_slot), p.source);
        log(id_.rest_slot, p);
        return kNoSlot;
    }
    Counter& c = counter(s);
    c.branch = block;
    Branch& b = branch(c);
    std::memset(static_cast<void*>(&b), 0, sizeof b);
    b.born = id_.index;
    b.old_high = b.fold_high = counter(near).highest;
    b.old_first = counter(near).first;
    b.first = p.wire;
    b.near = near;
    b.of_new_source = of_new_source;
    for (std::size_t i = 0; i < older.count && b.older_count < kLive; ++i)
        b.older[b.older_count++] = {counter(older.slot[i]).highest, 0, 0, older.slot[i]};
    c.last_time = counter(near).last_time; // should it turn out to be a jump
    id_.order[id_.live++] = s;
    ++id_.open;
    return s;
}

/// Remembers a misfit below `near`; three of one source in steps make a branch beside it.
Slot Counters::remember(const Packet& p, const Slots& mine, Slot near) {
    Counter& c = counter(near);
    const std::uint64_t before = c.count;
    const std::int64_t d = distance(c.highest, p.wire);
    const auto extent = static_cast<std::uint64_t>(-std::min<std::int64_t>(d, 0));
    const std::uint8_t outlier = d > seq::kShortJump ? kEntryOutlier : 0;
    if (knows(c, p.source) && d > -seq::kShortJump)
        for (const Trial& t : std::span(id_.trials.begin(pool_), id_.trials.count))
            if (t.slot == near) return log(near, p, outlier), near; // the trial decides
    const auto runs = std::span(id_.runs.begin(pool_), id_.runs.count);
    std::uint32_t at = 0;
    while (at < runs.size()) {
        const Run& r = runs[at];
        const std::int32_t up = distance(Seq64{r.packet[r.count - 1].wire}, p.wire);
        if (r.source == p.source && up >= 1 && up <= seq::kStep) break;
        ++at;
    }
    if (at < runs.size() && runs[at].count == seq::kRun - 1)
        return branch_of_run(at, p, mine, near);
    log(near, p, kEntryRun | outlier);
    Misfit m{};
    m.port = p.port;
    m.index = id_.index;
    m.time = p.time;
    m.extent = extent;
    m.wire = p.wire;
    m.bytes = p.bytes;
    m.flags = outlier;
    m.slot = near;
    if (at < runs.size()) {
        runs[at].packet[runs[at].count++] = m;
        return near;
    }
    if (id_.runs.count == seq::kMost) id_.runs.erase(pool_, 0);
    Run r{};
    r.packet[0] = m;
    r.before = before;
    r.source = p.source;
    r.count = 1;
    id_.runs.push(pool_, r);
    return near;
}

/// The packet in the log with `index`, applied to no row yet, goes to `to`.
void Counters::move_in_log(std::uint64_t index, Slot to) {
    for (Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
        if (e.index != index) continue;
        --counter(e.slot).count;
        ++counter(to).count;
        e.slot = to;
        e.flags &= static_cast<std::uint8_t>(~(kEntryRun | kEntryOutlier));
    }
}

/// Two remembered misfits and `p`: a branch that began with the first. What had been applied to a
/// row already comes into the log once more.
Slot Counters::branch_of_run(std::uint32_t at, const Packet& p, const Slots& mine, Slot near) {
    const Run run = id_.runs.data(pool_)[at];
    id_.runs.erase(pool_, at);
    const Slot s = begin_branch(p, mine, near, false);
    if (s == kNoSlot || !counter(s).is_branch() || counter(s).count != 0) return s;
    Counter& c = counter(s);
    Branch& b = branch(c);
    b.born = run.packet[0].index;
    b.first = run.packet[0].wire;
    c.highest = c.first = run.packet[0].wire;
    c.last_time = run.packet[0].time;
    mark(c, c.highest);
    learn(c, p.source);
    std::uint32_t saved = 0;
    for (const Misfit& m : run.packet) {
        if (m.wire != run.packet[0].wire) advance(c, seq::extend(c.highest, m.wire));
        if (!m.applied) {
            move_in_log(m.index, s);
            continue;
        }
        Entry e{};
        e.index = m.index;
        e.time = e.last = m.time;
        e.bytes = std::uint64_t{m.bytes} + m.repeat_bytes;
        e.extent = m.extent;
        e.wire = m.wire;
        e.count = 1 + m.repeats;
        e.source = p.source;
        e.shortest = counter(m.slot).row;
        e.slot = s;
        e.flags = kEntrySaved;
        e.verdict = m.verdict;
        e.port = m.port;
        if (!id_.log.insert(pool_, saved, e)) continue;
        ++saved;
        counter(m.slot).count -= e.count;
        c.count += e.count;
    }
    // Their repetitions go with them, whether at once or remembered as runs of their own.
    for (Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
        const auto repeats = [&e](const Misfit& m) {
            return e.wire == m.wire && e.index > m.index;
        };
        const bool same = repeats(run.packet[0]) || repeats(run.packet[1]);
        if (!same || e.slot == s || e.source != p.source || e.index <= b.born || e.count != 1)
            continue;
        --counter(e.slot).count;
        ++c.count;
        e.slot = s;
        e.flags &= static_cast<std::uint8_t>(~(kEntryRun | kEntryOutlier));
    }
    for (std::uint32_t i = 0; i < id_.runs.count;) {
        const Misfit& m = id_.runs.data(pool_)[i].packet[0];
        const bool theirs = id_.runs.data(pool_)[i].source == p.source && !m.applied
                            && (m.wire == run.packet[0].wire || m.wire == run.packet[1].wire);
        if (theirs)
            id_.runs.erase(pool_, i);
        else
            ++i;
    }
    take(s, p);
    rebuild();
    b.since = counter(near).count - std::min(counter(near).count, run.before);
    return s;
}

Slot Counters::misfit(const Packet& p, Slots mine) {
    bool unknown = true; // two packets do not make a source known
    for (std::size_t i = 0; i < mine.count; ++i) {
        const Counter& c = counter(mine.slot[i]);
        unknown = unknown && c.is_branch() && c.count < seq::kRun;
    }
    if (unknown) mine.count = 0;
    const Slots among = mine.count != 0 ? mine : all();
    Slot near = nearest(among, p.wire, false);
    const auto far = [&](Slot s) {
        return std::abs(std::int64_t{distance(counter(s).highest, p.wire)}) > seq::kShortJump;
    };
    if (far(near)) { // far from a branch: it began elsewhere
        const Slot settled = nearest(among, p.wire, true);
        if (settled != kNoSlot) near = settled;
    }
    const std::int64_t d = distance(counter(near).highest, p.wire);
    const bool low = p.wire <= seq::kLowStart && d <= seq::kFarJump; // may be a beginning
    if (mine.count == 0 || (d > seq::kShortJump && !low)) {
        Slots older;
        if (mine.count == 0) older.add(near);
        const Slot s = begin_branch(p, mine.count == 0 ? older : mine, near, mine.count == 0);
        if (s != kNoSlot && counter(s).count == 0) take(s, p);
        return s;
    }
    return remember(p, mine, near);
}

} // namespace lacuna::flow
