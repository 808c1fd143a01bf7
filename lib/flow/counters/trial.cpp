// A source that joined a counter because its number was the next there.
#include "flow/counters/counters.hpp"
#include "seq/account.hpp"
#include "seq/extend.hpp"

#include <algorithm>
#include <span>

namespace lacuna::flow {

/// Ends the trials that are due; true if a source got a counter of its own.
bool Counters::end_trials(bool end) {
    for (std::uint32_t i = 0; i < id_.trials.count;) {
        const Trial t = id_.trials.data(pool_)[i];
        const bool old = id_.index - t.born >= seq::kPatience;
        const bool due = end || old || (id_.prev_source == t.source && t.count >= seq::kMany);
        if (!due) {
            ++i;
            continue;
        }
        id_.trials.erase(pool_, i);
        const auto log = [&] { return std::span(id_.log.begin(pool_), id_.log.count); };
        std::uint64_t above = 0;
        for (const Entry& e : log()) {
            if (e.slot != t.slot || e.index < t.born || e.source == t.source) continue;
            const Seq64 d = seq::distance(t.high, e.wire);
            above += static_cast<std::uint64_t>(std::clamp<Seq64>(d + e.count - 1, 0, e.count));
        }
        std::uint32_t begin = 0;
        TimeNs time = 0;
        bool begun = false;
        for (const Entry& e : log())
            if (!begun && e.slot == t.slot && e.index >= t.born && e.source == t.source) {
                begin = e.wire;
                time = e.time;
                begun = true;
            }
        if (above < seq::kRun && begun && has_addresses()) { // no other source went on: it moved
            Counter& c = counter(t.slot);
            tell({time, t.high, seq::extend(t.high, begin), c.latest, t.shown, News::Kind::moved,
                  t.slot});
            c.latest = t.shown;
        }
        if (above < seq::kRun || t.count < seq::kFew) continue; // it stays
        seq::Account together(t.high, t.first);
        seq::Account rest(t.high, t.first);
        seq::Account own(begin, begin);
        bool first = true;
        for (const Entry& e : log()) {
            if (e.slot != t.slot || e.index < t.born) continue;
            together.add(e.wire, e.count);
            if (e.source != t.source) {
                rest.add(e.wire, e.count);
                continue;
            }
            own.add(e.wire + (first ? 1 : 0), e.count - (first ? 1 : 0));
            first = false;
        }
        const std::int64_t fewer =
            together.anomalies(true) - rest.anomalies(true) - own.anomalies(true);
        if (seq::kApartShare * fewer < static_cast<std::int64_t>(t.count)) continue;
        if (split(t)) return true;
    }
    return false;
}

/// The source of a trial gets a counter of its own, from its first packet on.
bool Counters::split(const Trial& t) {
    const Slot s =
        id_.live >= kLive || id_.live - id_.open >= seq::kMost ? kNoSlot : add_counter(t.shown);
    if (s == kNoSlot) return false;
    Counter& c = counter(s);
    Counter& old = counter(t.slot);
    id_.order[id_.live++] = s;
    // The old counter as it was, and the others' packets once more.
    old.highest = t.high;
    for (const Entry& e : std::span(id_.log.begin(pool_), id_.log.count))
        if (e.slot == t.slot && e.index >= t.born)
            for (std::uint32_t k = 0; k < e.count; ++k) {
                const Seq64 n = seq::extend(t.high, e.wire + k);
                const auto at = static_cast<std::uint64_t>(n) % seq::kPatience;
                if (n > t.high) old.seen[at / 64] &= ~(std::uint64_t{1} << (at % 64));
            }
    TimeNs old_time = old.last_time;
    for (Entry& e : std::span(id_.log.begin(pool_), id_.log.count)) {
        if (e.slot != t.slot || e.index < t.born) continue;
        Counter& to = e.source == t.source ? c : old;
        if (&to == &c) {
            if (c.count == 0) {
                c.highest = c.first = e.wire;
                mark(c, c.highest);
            }
            c.count += e.count;
            old.count -= e.count;
            e.slot = s;
            c.last = e.index + e.count - 1;
            c.last_time = e.last;
        } else {
            old_time = e.last;
        }
        if ((e.flags & kEntryOutlier) != 0) continue;
        for (std::uint32_t k = 0; k < e.count; ++k) {
            const Seq64 n = seq::extend(to.highest, e.wire + k);
            if (n > to.highest)
                advance(to, n);
            else if (to.highest - n < static_cast<Seq64>(seq::kPatience))
                mark(to, n);
        }
    }
    old.last_time = old_time;
    learn(c, t.source);
    for (std::uint32_t k = 0; k < old.source_count; ++k)
        if (old.sources[k] == t.source) old.sources[k] = old.sources[--old.source_count];
    rebuild();
    return true;
}

} // namespace lacuna::flow
