// What becomes of branches.
#include "flow/counters/counters.hpp"
#include "seq/account.hpp"
#include "seq/extend.hpp"

#include <algorithm>
#include <span>

namespace lacuna::flow {

using seq::kNoBlock;

/// Whether an older counter went on: enough packets above the highest it had, the last of them
/// after half of the branch's `count` packets.
bool Counters::went_on(const Branch& b, std::uint64_t count) const {
    for (std::size_t i = 0; i < b.older_count; ++i)
        if (b.older[i].above >= seq::kRun && b.older[i].behind >= (count - 1) / 2 + 1) return true;
    return false;
}

/// Whether the packets since the branch began have fewer anomalies as two counters than as one.
bool Counters::apart(Slot s) {
    Counter& c = counter(s);
    const Branch& b = branch(c);
    seq::Account together(b.old_high, b.old_first);
    seq::Account old(b.old_high, b.old_first);
    seq::Account own(b.first, b.first);
    bool several = true;
    bool first = true;
    if (c.outlast != kNoBlock) {
        const Outlast& gone = pool_.at<Outlast>(c.outlast);
        together = gone.together;
        old = gone.beside;
        own = gone.alone;
        several = gone.several;
        first = !gone.begun;
    }
    for (const Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
        if (e.index < b.born || (e.slot != s && e.slot != b.near)) continue;
        const bool same = (e.flags & kEntrySaved) != 0;
        const auto add = [&](seq::Account& to, std::uint32_t skip) {
            for (std::uint32_t i = skip; i < e.count; ++i)
                to.add(same ? e.wire : e.wire + i);
        };
        add(together, 0);
        if (e.slot == s) {
            add(own, first ? 1 : 0);
            first = false;
        } else {
            add(old, 0);
            if (knows(c, e.source)) several = false;
        }
    }
    const std::int64_t fewer =
        together.anomalies(several) - old.anomalies(several) - own.anomalies(several);
    return seq::kApartShare * fewer >= static_cast<std::int64_t>(c.count);
}

/// What becomes of a branch. `now`: it has to be something.
Counters::Fate Counters::due(Slot s, bool now) {
    const Counter& c = counter(s);
    const Branch& b = branch(c);
    const std::uint64_t n = c.count;
    now = now || (!b.of_new_source && id_.index - b.born >= seq::kPatience);
    const bool idle = id_.index - c.last >= seq::kPatience;
    if (!now && n < seq::kMany && (b.of_new_source || !idle)) return Fate::open;
    if (activity_.other_active && activity_.rises >= b.rises + seq::kRun)
        return now || n >= seq::kPatience || idle ? Fate::fold : Fate::open;

    const bool on = went_on(b, n);
    if (!on) {
        if (n < seq::kPatience && !now) return Fate::open;
        const auto high = static_cast<std::uint32_t>(b.old_high);
        const std::uint32_t up = b.first - high;
        const bool near = up > 0 && up <= seq::kFarJump;
        if (b.of_new_source && !near) return n >= seq::kFew ? Fate::own : Fate::fold;
        // A number 2^31 above counts backwards, whatever it is on the wire.
        const bool rose = b.first > high && seq::distance(b.old_high, b.first) > 0;
        if (rose || b.of_new_source)
            return n >= (up <= seq::kFarJump ? 1 : 2) ? Fate::jump : Fate::fold;
        std::uint64_t need = seq::kMany;
        if (b.first <= 1)
            need = up > seq::kFarJump && up < (Seq64{1} << 32) - seq::kFarJump ? 2 : seq::kRun;
        else if (b.first <= seq::kLowStart)
            need = seq::kFew;
        return n >= need ? Fate::restart : Fate::fold;
    }
    const bool settled = n >= seq::kMany && b.since >= seq::kMany;
    if (!now && !settled && !(idle && !b.of_new_source)) return Fate::open;
    const bool many = n >= (now ? seq::kFew : seq::kMany);
    const bool copies = seq::kCopyOf * b.copies >= seq::kCopies * n;
    return many && !copies && apart(s) ? Fate::own : Fate::fold;
}

Slot Counters::child_of(Slot s) const {
    for (std::size_t i = 0; i < id_.live; ++i) {
        const Counter& c = pool_.at<Counter>(id_.counter[id_.order[i]]);
        if (c.is_branch() && pool_.at<Branch>(c.branch).near == s) return id_.order[i];
    }
    return kNoSlot;
}

void Counters::resolve(bool end) {
    for (bool again = true; again;) {
        again = false;
        Slot oldest = kNoSlot; // the branch that had no packet for longest
        if (id_.live > seq::kMost) {
            for (std::size_t i = 0; i < id_.live; ++i) {
                const Counter& c = counter(id_.order[i]);
                if (!c.is_branch()) continue;
                if (oldest == kNoSlot || c.last < counter(oldest).last) oldest = id_.order[i];
            }
        }
        for (std::size_t i = 0; i < id_.live && !again; ++i) {
            Slot s = id_.order[i];
            if (!counter(s).is_branch()) continue;
            Fate fate = due(s, end || s == oldest);
            if (fate == Fate::open) continue;
            // What began in it is resolved first, as at the end.
            for (Slot child = child_of(s); child != kNoSlot; child = child_of(s)) {
                s = child;
                fate = due(s, true);
            }
            const Slot near = branch(counter(s)).near;
            if (fate == Fate::restart && counter(near).is_branch()) {
                s = near;
                fate = due(s, true);
            }
            if (fate == Fate::fold)
                fold(s);
            else
                settle(s, fate);
            again = true;
        }
        if (!again) again = end_trials(end);
    }
}

std::uint64_t Counters::settled_to() const {
    std::uint64_t to = UINT64_MAX;
    for (std::size_t i = 0; i < id_.live; ++i) {
        const Counter& c = pool_.at<Counter>(id_.counter[id_.order[i]]);
        if (c.is_branch()) to = std::min(to, pool_.at<Branch>(c.branch).born);
    }
    if (id_.trials.count != 0)
        for (std::uint32_t i = 0; i < id_.trials.count; ++i)
            to = std::min(to, id_.trials.data(pool_)[i].born);
    return to;
}

} // namespace lacuna::flow
