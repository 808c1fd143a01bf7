#include "seq/restart.hpp"

#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"

#include <cstring>

namespace lacuna::seq {
namespace {

/// The number of packets at the end of the remembered run that make a restart; 0: not yet.
std::uint32_t evidence(const Record& r) {
    const std::uint32_t n = r.run_length;
    if (n >= kShortRun && r.run_wire[n - kShortRun] <= kShortRunStart) {
        constexpr std::uint32_t kAll = (1u << kShortRun) - 1;
        if ((r.run_known >> (n - kShortRun) & kAll) == kAll) return kShortRun;
    }
    return n >= kLongRun && r.run_wire[n - kLongRun] <= kLongRunStart ? kLongRun : 0;
}

/// Uncounts the packets of the run from `from` on.
void take_back(Record& r, std::uint32_t from) {
    for (std::uint32_t i = from; i < r.run_length; ++i) {
        switch (r.run_counted[i]) {
        case Counted::duplicate:
            --r.duplicates;
            break;
        case Counted::before_first:
            --r.before_first;
            break;
        case Counted::too_old:
            --r.too_old;
            --r.too_old_extents[r.run_bucket[i]];
            break;
        }
    }
}

/// Appends the packet to the run it continues, or begins one with it.
void remember(Record& r, const Instance& in, const Arrival& p, Counted counted) {
    const bool goes_on = r.run_length != 0 && r.run_length < kLongRun
                         && p.wire - r.run_wire[r.run_length - 1] - 1 < kMaxStep;
    if (!goes_on) r.run_length = 0;
    if (!goes_on && p.wire > kLongRunStart) return; // no restart begins here
    const std::uint32_t i = r.run_length++;
    r.run_wire[i] = p.wire;
    r.run_time[i] = p.time;
    r.run_counted[i] = counted;
    // Below `first` is below the memory as well, if only far enough.
    const Seq64 extent = -static_cast<Seq64>(distance(in.highest, p.wire));
    const bool known = counted != Counted::before_first || extent >= r.window;
    const auto bit = static_cast<std::uint8_t>(1u << i);
    r.run_known = static_cast<std::uint8_t>((r.run_known & ~bit) | (known ? bit : 0));
    if (counted == Counted::too_old) {
        const std::size_t bucket = log2_bucket(static_cast<std::uint64_t>(extent));
        r.run_bucket[i] = static_cast<std::uint8_t>(bucket - Record::kTooOldFirst);
    }
}

} // namespace

void drop_shadow(RecordPool& pool, Record& r) {
    if (r.shadow == kNoRecord) return;
    pool.give_back(r.shadow);
    r.shadow = kNoRecord;
    r.provisional = 0;
}

Record* begin_restart(RecordPool& pool, Record& r, Instance& in, const Beginning& first,
                      const Side& side) {
    drop_shadow(pool, r);
    const RecordId id = pool.take();
    Record* old = nullptr;
    if (id != kNoRecord) {
        old = &pool.at(id);
        std::memcpy(static_cast<void*>(old), &r, Record::size(r.window));
        old->instance = in;
        old->run_length = 0;
        r.shadow = id;
        r.provisional = static_cast<std::uint8_t>(kProvisional - first.count);
    }

    flush(r, in);
    if (r.restarts == 0) r.origin = in.first;
    ++r.restarts;
    r.run_length = 0;
    side.out.add(
        {in.highest, first.wire[0], first.time[0], r.restarts, ChangeKind::restart, false, false});
    in.first = in.highest = first.wire[0];
    for (std::uint32_t i = 1; i < first.count; ++i) {
        const Seq64 to = in.highest + static_cast<Seq64>(first.wire[i] - first.wire[i - 1]);
        if (to - in.highest > 1)
            side.out.add({in.highest + 1, to, first.time[i], r.restarts, ChangeKind::hole_opened,
                          false, false});
        advance(r, in, to, false);
    }
    return old;
}

void undo_restart(RecordPool& pool, Record& r, Instance& in, TimeNs time, Changes& out) {
    const RecordId id = r.shadow;
    const Record& old = pool.at(id);
    out.add({in.highest, old.instance.highest, time, r.restarts, ChangeKind::restart_undone, false,
             false});
    in = old.instance;
    std::memcpy(static_cast<void*>(&r), &old, Record::size(old.window));
    r.shadow = kNoRecord;
    r.provisional = 0;
    pool.give_back(id);
}

bool watch_for_restart(RecordPool& pool, Record& r, Instance& in, const Arrival& p, Verdict verdict,
                       const Side& side) {
    switch (verdict) {
    case Verdict::duplicate:
        remember(r, in, p, Counted::duplicate);
        break;
    case Verdict::too_old:
        remember(r, in, p, Counted::too_old);
        break;
    case Verdict::before_first:
        remember(r, in, p, Counted::before_first);
        break;
    default:
        r.run_length = 0;
        return false;
    }
    const std::uint32_t count = evidence(r);
    if (count == 0) return false;

    // begin_restart() leaves the run_* arrays alone, so they may be read and passed throughout.
    const std::uint8_t length = r.run_length;
    const std::uint32_t from = length - count;
    begin_restart(pool, r, in, {r.run_wire + from, r.run_time + from, count}, side);
    r.run_length = length;
    take_back(r, from);
    r.run_length = 0;
    return true;
}

} // namespace lacuna::seq
