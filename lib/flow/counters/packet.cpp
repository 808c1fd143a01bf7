// The counter a packet fits best.
#include "flow/counters/counters.hpp"
#include "flow/period.hpp"
#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>
#include <span>

namespace lacuna::flow {

using seq::kNoBlock;

bool Counters::knows(const Counter& c, Source source) {
    for (std::uint32_t i = 0; i < c.source_count; ++i)
        if (c.sources[i] == source) return true;
    return false;
}

void Counters::learn(Counter& c, Source source) {
    if (c.source_count < kSources && !knows(c, source)) c.sources[c.source_count++] = source;
}

bool Counters::seen(const Counter& c, Seq64 n) {
    const auto at = static_cast<std::uint64_t>(n) % seq::kPatience;
    return (c.seen[at / 64] >> (at % 64) & 1) != 0;
}

void Counters::mark(Counter& c, Seq64 n) {
    const auto at = static_cast<std::uint64_t>(n) % seq::kPatience;
    c.seen[at / 64] |= std::uint64_t{1} << (at % 64);
}

/// What lies between the old highest number and the new one has not been seen.
void Counters::advance(Counter& c, Seq64 to) {
    if (to - c.highest >= static_cast<Seq64>(seq::kPatience)) {
        std::memset(c.seen, 0, sizeof c.seen);
    } else {
        for (Seq64 n = c.highest + 1; n < to; ++n) {
            const auto at = static_cast<std::uint64_t>(n) % seq::kPatience;
            c.seen[at / 64] &= ~(std::uint64_t{1} << (at % 64));
        }
    }
    c.highest = to;
    mark(c, to);
}

Counters::Fit Counters::fit(const Counter& c, std::uint32_t wire) const {
    const Seq64 d = seq::distance(c.highest, wire);
    if (d > 0) {
        const auto up = static_cast<std::uint64_t>(d);
        if (d <= seq::kStep) return {0, up};
        return {d > seq::kShortJump ? kMisfit : std::uint8_t{2}, up};
    }
    const auto down = static_cast<std::uint64_t>(-d);
    const Seq64 n = c.highest + d;
    const bool begins = c.count < seq::kMany && wire > seq::kLowStart;
    if (down < seq::kPatience && down < window_ && (n >= c.first || begins) && !seen(c, n))
        return {1, down};
    if (down < seq::kPatience) return {kMisfit, down};
    // Beyond what is known here the memory of the row tells; what came before its first number it
    // does not keep.
    if (c.record == kNoBlock)
        return {n < c.first && begins && down < window_ ? std::uint8_t{1} : kMisfit, down};
    const auto& r = pool_.at<seq::Record>(c.record);
    if (down < r.window && n >= r.floor && (n < c.first ? begins : !seq::seen(r, n)))
        return {1, down};
    return {kMisfit, down};
}

Counters::Slots Counters::all() const {
    Slots list;
    for (std::size_t i = 0; i < id_.live; ++i)
        list.add(id_.order[i]);
    return list;
}

/// The counters the source has; where it has none, those whose sources are left aside.
Counters::Slots Counters::of_source(Source source) {
    Slots list;
    for (std::size_t i = 0; i < id_.live; ++i)
        if (knows(counter(id_.order[i]), source)) list.add(id_.order[i]);
    if (list.count != 0) return list;
    for (std::size_t i = 0; i < id_.live; ++i)
        if (counter(id_.order[i]).source_count > seq::kMost) list.add(id_.order[i]);
    return list;
}

Slot Counters::best(const Slots& among, std::uint32_t wire, Fit& found) {
    Slot slot = kNoSlot;
    found = {kMisfit, 0};
    for (std::size_t i = 0; i < among.count; ++i) {
        const Fit f = fit(counter(among.slot[i]), wire);
        if (slot != kNoSlot && !(f < found)) continue;
        slot = among.slot[i];
        found = f;
    }
    return slot;
}

/// Appends the packet to the log; one in order goes with the one before it.
bool Counters::log(Slot s, const Packet& p, std::uint8_t flags) {
    Counter& c = counter(s);
    if (p.assumed) flags |= kEntryAssumed;
    const TimeNs gap = p.time - c.last_time;
    c.last_time = p.time;
    ++c.count;
    for (Trial& t : std::span(id_.trials.begin(pool_), id_.trials.count))
        if (t.slot == s && t.source == p.source) ++t.count;
    if (id_.log.count != 0) {
        Entry& e = id_.log.data(pool_)[id_.log.count - 1];
        if (e.slot == s && e.source == p.source && e.wire + e.count == p.wire && e.flags == flags
            && (flags & ~kEntryAssumed) == 0 && gap >= 0
            && gap < static_cast<TimeNs>(kLongInterarrival)
            && period_of(e.last) == period_of(p.time) && e.index + e.count == id_.index) {
            ++e.count;
            e.last = p.time;
            e.bytes += p.bytes;
            e.shortest = std::min(e.shortest, static_cast<std::uint32_t>(gap));
            e.longest = std::max(e.longest, static_cast<std::uint32_t>(gap));
            return true;
        }
    }
    Entry e{};
    e.index = id_.index;
    e.time = e.last = p.time;
    e.bytes = p.bytes;
    e.drops = drops_.reported();
    e.wire = p.wire;
    e.count = 1;
    e.source = p.source;
    e.shortest = kLongInterarrival;
    e.slot = s;
    e.flags = flags;
    e.port = p.port;
    return id_.log.push(pool_, e);
}

void Counters::take(Slot s, const Packet& p) {
    Counter& c = counter(s);
    if (c.count == 0) {
        c.highest = c.first = p.wire;
        mark(c, c.highest);
    } else {
        const Seq64 n = seq::extend(c.highest, p.wire);
        if (n > c.highest)
            advance(c, n);
        else if (c.highest - n < static_cast<Seq64>(seq::kPatience)) // else another has its place
            mark(c, n);
    }
    log(s, p);
    c.last = id_.index;
    learn(c, p.source);
}

/// A packet went to `s`: what that tells about the branches that began beside it.
void Counters::went_on(Slot s, std::uint32_t wire) {
    for (std::size_t i = 0; i < id_.live; ++i) {
        Counter& c = counter(id_.order[i]);
        if (!c.is_branch() || id_.order[i] == s) continue;
        Branch& b = branch(c);
        if (b.near == s) ++b.since;
        for (std::size_t k = 0; k < b.older_count; ++k) {
            Older& o = b.older[k];
            if (o.slot != s || seq::distance(o.high, wire) <= 0) continue;
            ++o.above;
            o.behind = static_cast<std::uint32_t>(c.count);
        }
    }
}

void Counters::init(Identity& id) {
    std::memset(static_cast<void*>(&id), 0, sizeof id);
    id.log = {};
    id.runs = {};
    id.trials = {};
    id.closed = {};
    id.adopted = {};
    id.news = {};
    id.aliases = {};
    std::fill(std::begin(id.counter), std::end(id.counter), kNoBlock);
    id.primary = kNoRow;
    id.prev_slot = id.rest_slot = kNoSlot;
}

void Counters::packet(const Packet& p) {
    duplicate = false;
    ++id_.index;
    id_.last_time = p.time;
    const Slots mine = of_source(p.source);
    if (mine.count == 0 && id_.rest_slot != kNoSlot && knows(counter(id_.rest_slot), p.source)) {
        log(id_.rest_slot, p);
        return;
    }
    Fit f{};
    Slot s = best(mine, p.wire, f);
    if (f.kind == kMisfit && id_.prev_slot != kNoSlot && id_.prev_wire == p.wire
        && id_.prev_source == p.source) {
        s = id_.prev_slot;
        duplicate = true;
        log(s, p);
        for (Run& r : std::span(id_.runs.begin(pool_), id_.runs.count))
            if (r.source == p.source && r.packet[r.count - 1].wire == p.wire)
                id_.log.data(pool_)[id_.log.count - 1].flags |= kEntryRun;
    } else if (f.kind < kMisfit) {
        take(s, p);
    } else {
        bool known = false;
        for (std::size_t i = 0; i < mine.count; ++i)
            known = known || knows(counter(mine.slot[i]), p.source);
        s = best(all(), p.wire, f);
        if (f.kind == 0 && !known) {
            Counter& c = counter(s);
            id_.trials.push(pool_, {id_.index, c.highest, c.first, 0, *p.shown, p.source, s});
            take(s, p);
        } else {
            for (std::size_t i = 0; i < id_.live && !duplicate; ++i) {
                const Counter& c = counter(id_.order[i]);
                const Seq64 n = seq::extend(c.highest, p.wire);
                duplicate = n <= c.highest && n >= c.first
                            && c.highest - n < static_cast<Seq64>(seq::kPatience) && seen(c, n);
            }
            s = misfit(p, mine);
        }
    }
    if (s == kNoSlot) return; // it went to the counter that stands for a 17th
    const bool forged = id_.log.count != 0
                        && id_.log.data(pool_)[id_.log.count - 1].index == id_.index
                        && (id_.log.data(pool_)[id_.log.count - 1].flags & kEntryOutlier) != 0;
    if (!forged) went_on(s, p.wire);
    Counter& c = counter(s);
    if (c.is_branch()) {
        Branch& b = branch(c);
        if (p.wire == id_.prev_wire && id_.prev_slot != kNoSlot) ++b.copies;
        if (c.count <= seq::kMany) b.rises = activity_.rises;
    }
    id_.prev_wire = p.wire;
    id_.prev_source = p.source;
    id_.prev_slot = s;
    if (id_.open != 0 || id_.trials.count != 0) resolve(false);
}

} // namespace lacuna::flow
