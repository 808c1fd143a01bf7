// A branch that is settled, or folded back.
#include "flow/counters/counters.hpp"
#include "seq/extend.hpp"

#include <algorithm>
#include <span>

namespace lacuna::flow {

using seq::kNoBlock;

/// `old` is no more; what referred to it refers to `with`.
void Counters::replace(Slot old, Slot with) {
    for (std::size_t i = 0; i < id_.live; ++i) {
        Counter& c = counter(id_.order[i]);
        if (!c.is_branch()) continue;
        Branch& b = branch(c);
        if (b.near == old) b.near = with;
        for (std::size_t k = 0; k < b.older_count; ++k)
            if (b.older[k].slot == old) b.older[k].slot = with;
    }
    for (Run& r : std::span(id_.runs.begin(pool_), id_.runs.count))
        for (Misfit& m : r.packet)
            if (m.slot == old) m.slot = with;
    for (Trial& t : std::span(id_.trials.begin(pool_), id_.trials.count))
        if (t.slot == old) t.slot = with;
    for (Adopted& a : std::span(id_.adopted.begin(pool_), id_.adopted.count))
        if (a.slot == old) a.slot = with;
    for (News& n : std::span(id_.news.begin(pool_), id_.news.count))
        if (n.slot == old) n.slot = with;
    if (id_.prev_slot == old) id_.prev_slot = with;
}

/// Out of the order of the live counters.
void Counters::unlink(Slot s) {
    for (std::size_t i = 0; i < id_.live; ++i) {
        if (id_.order[i] != s) continue;
        std::copy(id_.order + i + 1, id_.order + id_.live, id_.order + i);
        --id_.live;
        return;
    }
}

void Counters::forget_runs(Slot s) {
    for (std::uint32_t i = 0; i < id_.runs.count;) {
        if (id_.runs.data(pool_)[i].packet[0].slot == s)
            id_.runs.erase(pool_, i);
        else
            ++i;
    }
}

/// Counts anew, from the log, what the open branches know of the counters beside them.
void Counters::rebuild() {
    for (std::size_t i = 0; i < id_.live; ++i) {
        const Slot s = id_.order[i];
        Counter& c = counter(s);
        if (!c.is_branch() || c.outlast != kNoBlock) continue;
        Branch& b = branch(c);
        if (b.born >= id_.applied_to) b.since = 0;
        for (std::size_t k = 0; k < b.older_count; ++k)
            b.older[k].above = b.older[k].behind = 0;
        std::uint32_t own = 0;
        for (const Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
            if (e.slot == s) own += e.count;
            if (e.slot == s || e.index <= b.born || (e.flags & kEntryOutlier) != 0) continue;
            if (e.slot == b.near && b.born >= id_.applied_to) b.since += e.count;
            for (std::size_t k = 0; k < b.older_count; ++k) {
                Older& o = b.older[k];
                if (o.slot != e.slot) continue;
                const Seq64 d = seq::distance(o.high, e.wire);
                const Seq64 above = std::clamp<Seq64>(d + e.count - 1, 0, e.count);
                if (above == 0 || d + e.count - 1 <= 0) continue;
                o.above += static_cast<std::uint32_t>(d > 0 ? e.count : above);
                o.behind = own;
            }
        }
    }
}

/// When the packet with index `born`, the first of a branch, came.
TimeNs Counters::begun(Slot s, std::uint64_t born) const {
    const Counter& c = pool_.at<Counter>(id_.counter[s]);
    if (c.outlast != kNoBlock && pool_.at<Outlast>(c.outlast).begun)
        return pool_.at<Outlast>(c.outlast).own.rest.first_time;
    for (const Entry& e : std::span(id_.log.begin(pool_), id_.log.count))
        if (e.slot == s && e.index == born) return e.time;
    return c.last_time;
}

/// Bounded: what there is no room for is not told.
void Counters::tell(const News& news) {
    if (id_.news.count < seq::kMost) id_.news.push(pool_, news);
}

/// Whether a counter of the identity can move: stations behind a switch share theirs.
bool Counters::has_addresses() const {
    for (std::size_t i = 0; i < id_.live; ++i)
        return pool_.at<Counter>(id_.counter[id_.order[i]]).shown.key.family != wire::Family::none;
    return false;
}

/// `s` begins in the place of `old`: what branches beside it would be folded back into.
void Counters::begin_anew(Slot old, Slot s) {
    for (std::size_t i = 0; i < id_.live; ++i) {
        const Counter& c = counter(id_.order[i]);
        if (c.is_branch() && branch(c).near == old) branch(c).fold_high = counter(s).first;
    }
}

/// The counter jumped: `s` goes on in the place of `o`, with a hole before its first packet.
void Counters::join(Slot s, Slot o, std::uint64_t born) {
    Counter& c = counter(s);
    const Counter& old = counter(o);
    for (Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
        if (e.slot == s && e.index == born) e.flags |= kEntryJump;
        if (e.slot == o) e.slot = s;
    }
    for (Seq64 n = std::max(c.highest, old.highest) - static_cast<Seq64>(seq::kPatience) + 1;
         n <= old.highest && n < c.highest; ++n)
        if (seen(old, n)) mark(c, n);
    // A branch is numbered from an unknown high half on; here it is known. The places of the
    // numbers seen stay: they repeat in every high half.
    const Seq64 known = seq::extend(old.highest, static_cast<std::uint32_t>(c.first)) - c.first;
    c.highest += known;
    c.first = std::min(c.first + known, old.first);
    c.count += old.count;
    join_outlast(s, o);
    if (old.row != kNoRow) c.row = old.row;
    c.shown = old.shown;
    c.born = old.born;
    replace(o, s);
    for (Closed& closed : std::span(id_.closed.begin(pool_), id_.closed.count))
        if (closed.into == o) closed.into = s;
    drop_counter(o);
}

void Counters::settle(Slot s, Fate fate) {
    Counter& c = counter(s);
    Branch b = branch(c);
    --id_.open;
    pool_.give_back(c.branch, sizeof(Branch));
    c.branch = kNoBlock;
    if (fate == Fate::own)
        return tell({begun(s, b.born), b.old_high, c.first, {}, c.shown, News::Kind::counter, s});
    const Slot o = b.near;
    Counter& old = counter(o);
    const bool stays_branch = fate == Fate::jump && old.is_branch();
    for (std::uint32_t k = 0; k < old.source_count; ++k)
        learn(c, old.sources[k]);
    if (stays_branch) { // of what the older one began in
        c.branch = old.branch;
        old.branch = kNoBlock;
        branch(c).copies = b.copies;
    } else if (old.is_branch()) {
        --id_.open;
        pool_.give_back(old.branch, sizeof(Branch));
        old.branch = kNoBlock;
    }
    unlink(o);
    if (fate == Fate::restart) {
        forget_runs(o);
        begin_anew(o, s);
        replace(o, s);
        // What was folded into it meanwhile may have come first.
        c.born = b.born;
        for (const Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
            if (e.slot != s || e.index >= c.born) continue;
            c.born = e.index;
            c.first = c.highest + seq::distance(c.highest, e.wire);
        }
        id_.closed.push(pool_, {o, s, activity_.other_active});
    } else {
        const Seq64 first = seq::extend(old.highest, b.first);
        const bool moved = b.of_new_source && has_addresses();
        if (moved || first - b.old_high > seq::kShortJump)
            tell({begun(s, b.born), b.old_high, first, old.latest, c.shown,
                  moved ? News::Kind::moved : News::Kind::jump, s});
        if (!b.of_new_source) c.latest = old.latest;
        join(s, o, b.born);
    }
    if (fate == Fate::restart)
        for (Entry& e : std::span(id_.log.begin(pool_), id_.log.count))
            if (e.slot == s && (e.flags & kEntrySaved) != 0) e.flags |= kEntryAnew;
    if (!stays_branch) {
        unlink(s);
        std::copy_backward(id_.order, id_.order + id_.live, id_.order + id_.live + 1);
        id_.order[0] = s;
        ++id_.live;
    }
    rebuild();
}

/// Folded back: its packets get the older counter's verdicts; those far above were forged.
void Counters::fold(Slot s) {
    Counter& c = counter(s);
    const Branch b = branch(c);
    const Slot near = b.near;
    Counter& old = counter(near);
    unlink(s);
    --id_.open;
    for (std::uint32_t i = id_.news.count; i-- > 0;)
        if (id_.news.data(pool_)[i].slot == s) id_.news.erase(pool_, i);
    replace(s, near);
    Seq64 high =
        c.outlast == kNoBlock ? b.fold_high : pool_.at<Outlast>(c.outlast).folded.state.highest;
    for (Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
        if (e.slot != s && e.slot != near) continue;
        const Seq64 d = seq::distance(high, e.wire);
        const Seq64 reach = (e.flags & kEntrySaved) != 0 ? d : d + e.count - 1;
        if (e.slot != s) {
            const bool forged = (e.flags & kEntryOutlier) != 0
                                || (d > seq::kShortJump && (e.flags & kEntryJump) == 0);
            if (!forged) high += std::max<Seq64>(reach, 0);
            continue;
        }
        e.slot = near;
        e.flags &= static_cast<std::uint8_t>(~(kEntryOutlier | kEntryJump));
        if (d > seq::kShortJump) {
            e.flags |= kEntryOutlier; // for what follows here; its verdict follows from its row
            continue;
        }
        old.count += e.count;
        const Seq64 top = high + reach;
        if (top > old.highest) advance(old, top);
        for (Seq64 n = high + d; n <= top; ++n)
            if (old.highest - n < static_cast<Seq64>(seq::kPatience)) mark(old, n);
        high = std::max(high, top);
    }
    old.highest = std::max(old.highest, high);
    old.last_time = std::max(old.last_time, c.last_time);
    if (c.count >= seq::kFew)
        for (std::uint32_t k = 0; k < c.source_count; ++k)
            learn(old, c.sources[k]);
    fold_outlast(s, near);
    drop_counter(s);
    rebuild();
}

} // namespace lacuna::flow
