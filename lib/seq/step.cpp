#include "seq/step.hpp"

#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"
#include "seq/restart.hpp"

#include <algorithm>

namespace lacuna::seq {
namespace {

/// Moves up to `to`; what is skipped is a hole, revealed by a packet of `time`.
void move_up(Record& r, Instance& in, Seq64 to, TimeNs time, bool blind, const Side& side) {
    if (to - in.highest > 1)
        side.out.add({in.highest + 1, to, time, r.restarts, ChangeKind::hole_opened,
                      side.provisional, blind});
    advance(r, in, to, blind);
}

/// A number at or below the highest one.
Verdict judge_back(Record& r, Instance& in, const Arrival& p, Seq64 n, const Side& side) {
    const auto extent = static_cast<std::uint64_t>(in.highest - n);
    if (n < in.first) {
        ++r.before_first;
        return Verdict::before_first;
    }
    if (extent >= r.window) {
        ++r.too_old;
        ++r.too_old_extents[log2_bucket(extent) - Record::kTooOldFirst];
        return Verdict::too_old;
    }
    if (seen(r, n)) {
        ++r.duplicates;
        return Verdict::duplicate;
    }
    fill(r, in, n);
    ++r.late;
    ++r.late_extents[log2_bucket(extent)];
    r.max_late_extent = std::max(r.max_late_extent, extent);
    side.out.add({n, static_cast<Seq64>(extent), p.time, r.restarts, ChangeKind::hole_filled,
                  side.provisional, false});
    return Verdict::late;
}

/// The table of verdicts, restarts left aside: what both the live instance and the shadow of a
/// provisional restart go by.
Verdict judge(Record& r, Instance& in, const Arrival& p, const Side& side) {
    const std::int32_t d = distance(in.highest, p.wire);
    if (d <= 0) return judge_back(r, in, p, in.highest + d, side);
    if (d <= kMaxJump) {
        move_up(r, in, in.highest + d, p.time, p.blind, side);
        return d == 1 ? Verdict::in_order : Verdict::jump;
    }
    r.has_held = true;
    r.held = in.highest + d;
    r.held_time = p.time;
    r.held_blind = p.blind;
    return Verdict::held;
}

/// What became of a number that was held, now that the next packet is here.
enum class Held { none, forged, confirmed, fell };

Held settle_held(Record& r, const Instance& in, std::uint32_t wire) {
    if (!r.has_held) return Held::none;
    r.has_held = false;
    const std::uint32_t above = wire - static_cast<std::uint32_t>(r.held);
    if (above < 1 || above > kMaxStep) {
        ++r.outliers;
        return Held::forged;
    }
    const bool fell = static_cast<std::uint32_t>(r.held) < static_cast<std::uint32_t>(in.highest);
    return fell ? Held::fell : Held::confirmed;
}

/// Both the held number and the packet that confirms it count as jumps.
Verdict jump_confirmed(Record& r, Instance& in, const Arrival& p, const Side& side) {
    const std::uint32_t above = p.wire - static_cast<std::uint32_t>(r.held);
    move_up(r, in, r.held, r.held_time, r.held_blind, side);
    move_up(r, in, in.highest + above, p.time, p.blind, side);
    return Verdict::jump;
}

/// The old instance goes on in the shadow, with restarts off, until the new one stands.
void step_shadow(RecordPool& pool, Record& r, const Arrival& p, Changes& out) {
    Record& old = pool.at(r.shadow);
    const Side side{out, true};
    switch (settle_held(old, old.instance, p.wire)) {
    case Held::confirmed:
        jump_confirmed(old, old.instance, p, side);
        break;
    case Held::fell:
        ++old.outliers;
        [[fallthrough]];
    case Held::none:
    case Held::forged:
        judge(old, old.instance, p, side);
    }
    if (--r.provisional == 0) drop_shadow(pool, r);
}

/// A replayed beginning gives itself away: the sender goes on where the old instance stood.
bool undoes(const Record& old, const Instance& in, std::uint32_t wire) {
    const std::int32_t up = distance(old.instance.highest, wire);
    return up >= 1 && up <= kMaxStep && distance(in.highest, wire) > kMaxStep;
}

Verdict step_live(RecordPool& pool, Record& r, Instance& in, const Arrival& p, Changes& out) {
    const Side side{out, false};
    if (p.reactivated) {
        const std::int32_t d = distance(in.highest, p.wire);
        if (d < 1 || d > kMaxJump) {
            if (r.has_held) ++r.outliers;
            r.has_held = false;
            if (Record* old = begin_restart(pool, r, in, {&p.wire, &p.time, 1}, side))
                judge(*old, old->instance, p, {out, true});
            return Verdict::restart;
        }
    }
    switch (settle_held(r, in, p.wire)) {
    case Held::confirmed:
        r.run_length = 0;
        return jump_confirmed(r, in, p, side);
    case Held::fell: {
        const std::uint32_t wires[2] = {static_cast<std::uint32_t>(r.held), p.wire};
        const TimeNs times[2] = {r.held_time, p.time};
        if (Record* old = begin_restart(pool, r, in, {wires, times, 2}, side)) {
            ++old->outliers;
            judge(*old, old->instance, p, {out, true});
        }
        return Verdict::restart;
    }
    case Held::none:
    case Held::forged:
        break;
    }

    const Verdict verdict = judge(r, in, p, side);
    return watch_for_restart(pool, r, in, p, verdict, side) ? Verdict::restart : verdict;
}

} // namespace

Verdict step(RecordPool& pool, RecordId id, Instance& in, const Arrival& packet, Changes& out) {
    Record& r = pool.at(id);
    if (r.shadow != kNoRecord) {
        if (undoes(pool.at(r.shadow), in, packet.wire))
            undo_restart(pool, r, in, packet.time, out);
        else
            step_shadow(pool, r, packet, out);
    }
    return step_live(pool, r, in, packet, out);
}

} // namespace lacuna::seq
