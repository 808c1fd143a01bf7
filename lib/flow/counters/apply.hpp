// From the log of an identity to the figures of its rows.
#pragma once

#include "flow/counters/row_figures.hpp"

#include <new>

namespace lacuna::flow {

/// Applies the entries before `settled` to the rows they belong to. `Rows` gives the rows:
///   bool kReal                  they are the tracker's own, not copies
///   RowRef row(Slot, TimeNs)    the slot's, made where there is none; state nullptr: no room
///   RowRef of_row(Row)          by its number
///   void closes(Slot, Slot)     the first slot's row goes on as the second's, which has none, ...
///   void absorbed(Slot, Slot)   ... or has become part of it
///   void shown(Slot, const Entry&, const Shown&)
///   void taken_back(const Entry&)  where kReal: what it was counted as is void
///   void told(const News&)      where kReal
///   void begun(Slot, const Closed&, Seq64 high, TimeNs)  a new instance, with a packet of that
///   time void before(Slot, TimeNs, bool new_period)   a packet of that time will be applied void
///   after(Slot, Seq64 highest_before, TimeNs)
template <typename Rows>
class Applier {
public:
    Applier(seq::Pool& pool, Identity& id, Counters& counters, Rows& rows, const Judging& judging,
            std::uint64_t& brief)
        : pool_(pool), id_(id), counters_(counters), rows_(rows), judging_(judging), brief_(brief) {
    }

    void run(std::uint64_t settled);

private:
    void close();
    TimeNs begins(Slot slot, TimeNs otherwise);
    void adopt();
    void tell_others(std::uint32_t at, RowRef row, RowRef folded);
    void apply(Slot slot, RowRef row, Entry& e);
    void take_back(const Entry& e);
    void outlast(const Entry& e);
    void settle_outlast(Slot slot);
    void judge(Slot slot, RowRef row, const Entry& e);
    void judge_rest(Slot slot, RowRef row, const Entry& e, bool aside);
    void remember(const Entry& e, const Shown& shown);

    seq::Pool& pool_;
    Identity& id_;
    Counters& counters_;
    Rows& rows_;
    const Judging& judging_;
    std::uint64_t& brief_;
};

template <typename Rows>
void Applier<Rows>::run(std::uint64_t settled) {
    if (id_.adopted.count != 0) adopt();
    if (id_.closed.count != 0) close();
    for (std::size_t i = 0; i < id_.live; ++i) {
        Counter& c = counters_.counter(id_.order[i]);
        if (c.outlast != seq::kNoBlock && !c.is_branch()) settle_outlast(id_.order[i]);
    }
    std::uint32_t done = 0;
    for (; done < id_.log.count; ++done) {
        Entry& e = id_.log.data(pool_)[done];
        if (e.index >= settled) break;
        if (e.count == 0) continue;
        if (id_.open != 0) outlast(e);
        const Counter& c = counters_.counter(e.slot);
        if (c.is_branch() && c.outlast != seq::kNoBlock) {
            Outlast& gone = pool_.at<Outlast>(c.outlast);
            judge(kNoSlot, {&gone.own.state, &gone.own.rest}, e);
            continue;
        }
        const RowRef row = rows_.row(e.slot, e.time);
        if (row.state != nullptr) apply(e.slot, row, e);
    }
    if (done != 0) {
        const Entry& last = id_.log.data(pool_)[done - 1];
        id_.applied_to = last.index + last.count;
        id_.log.erase(pool_, 0, done);
    }
    if (id_.log.count == 0 && id_.log.room > 4) id_.log.clear(pool_);
    if constexpr (Rows::kReal)
        for (std::uint32_t i = 0; i < id_.news.count;) {
            const News news = id_.news.data(pool_)[i];
            if (counters_.counter(news.slot).row == kNoRow) {
                ++i; // none of its packets has been applied yet
                continue;
            }
            rows_.told(news);
            id_.news.erase(pool_, i);
        }
}

/// Counters that others began again in the place of: all of their packets, then the new instance.
template <typename Rows>
void Applier<Rows>::close() {
    for (std::uint32_t i = 0; i < id_.closed.count; ++i) {
        const Closed closed = id_.closed.data(pool_)[i];
        Counter& old = counters_.counter(closed.slot);
        Counter& now = counters_.counter(closed.into);
        Figures apart{};
        RowRef row{nullptr, nullptr};
        // Where neither has a row yet, the one that ended gets one, and the other goes on in it.
        if (old.row != kNoRow)
            row = rows_.row(closed.slot, old.last_time);
        else if (now.row == kNoRow)
            row = rows_.row(closed.slot, begins(closed.slot, old.last_time));
        const bool has_row = row.state != nullptr;
        if (!has_row) {
            row = {&apart.state, &apart.rest};
            begin_row(row, old.first, old.last_time);
        }
        for (std::uint32_t k = 0; k < id_.log.count; ++k) {
            Entry& e = id_.log.data(pool_)[k];
            if (e.slot != closed.slot || e.count == 0) continue;
            apply(has_row ? closed.slot : kNoSlot, row, e);
            e.count = 0;
        }
        if (now.row == kNoRow && has_row) {
            const Seq64 high = row.state->highest;
            rows_.closes(closed.slot, closed.into);
            begin_instance(pool_, row, now.first, row.state->last_time, judging_, brief_);
            if (closed.reused_an && row.rest->record != seq::kNoBlock)
                ++pool_.at<seq::Record>(row.rest->record).reused_ans;
            rows_.begun(closed.into, closed, high, begins(closed.into, row.state->last_time));
        } else if (now.row != kNoRow) {
            if (old.row == kNoRow) {
                const RowRef into = rows_.row(closed.into, now.last_time);
                record_for(pool_, into, judging_, brief_);
                absorb(pool_, into, row);
            } else {
                rows_.absorbed(closed.slot, closed.into);
            }
        }
        counters_.drop_counter(closed.slot);
    }
    id_.closed.clear(pool_);
}

/// Time of the first packet of a counter none of whose packets has been applied.
template <typename Rows>
TimeNs Applier<Rows>::begins(Slot slot, TimeNs otherwise) {
    const Counter& c = counters_.counter(slot);
    if (c.outlast != seq::kNoBlock) {
        const Outlast& gone = pool_.at<Outlast>(c.outlast);
        if (gone.begun) return gone.own.rest.first_time;
    }
    for (std::uint32_t i = 0; i < id_.log.count; ++i) {
        const Entry& e = id_.log.data(pool_)[i];
        if (e.slot == slot && e.count != 0) return e.time;
    }
    return otherwise;
}

template <typename Rows>
void Applier<Rows>::judge(Slot slot, RowRef row, const Entry& e) {
    if (row.state->received == 0 && row.rest->received_high == 0)
        row.rest->first_time = row.state->last_time = e.time;
    const bool new_period = begins_period(*row.state, *row.rest, e.time);
    if (slot != kNoSlot) rows_.before(slot, e.time, new_period);
    const Seq64 before = row.state->highest;
    const bool same = (e.flags & kEntrySaved) != 0;
    const bool assumed = (e.flags & kEntryAssumed) != 0;
    const std::uint64_t each = same ? e.bytes / e.count : 0;
    // What came before the instance began is before its first number, whatever it is.
    const bool early = slot != kNoSlot && e.index < counters_.counter(slot).born;
    const bool forged = is_forged(*row.state, e);
    for (std::uint32_t i = 0; i < (same ? e.count : 1); ++i) {
        Shown shown{};
        if (early) {
            shown.verdict = seq::Verdict::before_first;
            if (seq::Record* r = record_for(pool_, row, judging_, brief_))
                seq::count(*r, shown.verdict, 0), r->before_first += same ? 0 : e.count - 1;
        } else if (forged) {
            shown.verdict = seq::Verdict::outlier;
            judge_outlier(pool_, row, same ? 1 : e.count, judging_, brief_);
        } else {
            const std::uint64_t known = same ? UINT64_MAX : e.drops;
            const Seq64 d = seq::distance(row.state->highest, e.wire);
            const bool blind = d > 1 && !counters_.drops().none()
                               && counters_.drops().explain({last_fitting(pool_, row), e.time,
                                                             static_cast<std::uint64_t>(d - 1)},
                                                            known, Rows::kReal && slot != kNoSlot);
            shown = judge_packet(pool_, row, e.wire, e.time, blind, judging_, brief_);
            shown.blind = blind;
        }
        account(*row.state, *row.rest, e.time, same ? each : e.bytes, assumed,
                new_period && i == 0);
        if (slot != kNoSlot) rows_.shown(slot, e, shown);
        if ((e.flags & kEntryRun) != 0) remember(e, shown);
    }
    if (!same && e.count > 1) judge_rest(slot, row, e, early || forged);
    if (slot != kNoSlot) rows_.after(slot, before, e.last);
}

/// The packets behind the first of an entry. Where that is the highest they are in order; where it
/// is not, each finds its own verdict.
template <typename Rows>
void Applier<Rows>::judge_rest(Slot slot, RowRef row, const Entry& e, bool aside) {
    SaState& s = *row.state;
    std::uint32_t done = 1;
    if (aside) done = e.count;
    while (done < e.count && seq::distance(s.highest, e.wire + done) != 1) {
        const Shown shown =
            judge_packet(pool_, row, e.wire + done, e.last, false, judging_, brief_);
        if (slot != kNoSlot) rows_.shown(slot, e, shown);
        ++done;
    }
    if (done < e.count) pass_on(pool_, row, e.count - done);
    const std::uint64_t received =
        (std::uint64_t{row.rest->received_high} << 32 | s.received) + e.count - 1;
    row.rest->received_high = static_cast<std::uint16_t>(received >> 32);
    s.received = static_cast<std::uint32_t>(received);
    s.min_interarrival_ns = std::min(s.min_interarrival_ns, e.shortest);
    s.max_interarrival_ns = std::max(s.max_interarrival_ns, e.longest);
    s.last_time = e.last;
}

template <typename Rows>
void Applier<Rows>::remember(const Entry& e, const Shown& shown) {
    for (std::uint32_t i = 0; i < id_.runs.count; ++i) {
        Run& r = id_.runs.data(pool_)[i];
        if (r.source != e.source) continue;
        for (std::uint8_t k = 0; k < r.count; ++k) {
            Misfit& m = r.packet[k];
            if (m.wire != e.wire) continue;
            if (m.index == e.index) {
                m.applied = true;
                m.verdict = shown.verdict;
                m.extent = shown.extent;
            } else if (m.applied) {
                ++m.repeats;
                m.repeat_bytes += static_cast<std::uint32_t>(e.bytes);
            }
            return;
        }
    }
}

/// Branches that outlasted the log and were folded back: what they came to as part of the other.
template <typename Rows>
void Applier<Rows>::adopt() {
    for (std::uint32_t i = 0; i < id_.adopted.count; ++i) {
        const Adopted a = id_.adopted.data(pool_)[i];
        Outlast& gone = pool_.at<Outlast>(a.outlast);
        const RowRef row = rows_.row(a.slot, gone.folded.state.last_time);
        if (row.state != nullptr) {
            tell_others(i, row, {&gone.folded.state, &gone.folded.rest});
            if (row.rest->record != seq::kNoBlock) seq::give_back_record(pool_, row.rest->record);
            take_figures(row, gone.folded);
        } else if (gone.folded.rest.record != seq::kNoBlock) {
            seq::give_back_record(pool_, gone.folded.rest.record);
        }
        if (gone.own.rest.record != seq::kNoBlock)
            seq::give_back_record(pool_, gone.own.rest.record);
        pool_.give_back(a.outlast, sizeof(Outlast));
    }
    id_.adopted.clear(pool_);
}

/// Other branches beside the same counter do not know yet what comes into it here.
template <typename Rows>
void Applier<Rows>::tell_others(std::uint32_t at, RowRef row, RowRef folded) {
    const Slot slot = id_.adopted.data(pool_)[at].slot;
    const auto tell = [&](seq::Block block) {
        Outlast& other = pool_.at<Outlast>(block);
        add_difference(pool_, {&other.folded.state, &other.folded.rest}, folded, row, judging_,
                       brief_);
    };
    for (std::uint32_t i = at + 1; i < id_.adopted.count; ++i)
        if (id_.adopted.data(pool_)[i].slot == slot) tell(id_.adopted.data(pool_)[i].outlast);
    for (std::size_t i = 0; i < id_.live; ++i) {
        const Counter& c = counters_.counter(id_.order[i]);
        if (c.is_branch() && c.outlast != seq::kNoBlock && counters_.branch(c).near == slot)
            tell(c.outlast);
    }
}

/// A branch that outlasted the log has become a counter of its own, or goes on another's row.
template <typename Rows>
void Applier<Rows>::settle_outlast(Slot slot) {
    Counter& c = counters_.counter(slot);
    Outlast& gone = pool_.at<Outlast>(c.outlast);
    const bool joins = c.row != kNoRow;
    const RowRef row = rows_.row(slot, gone.own.rest.first_time);
    RowRef own{&gone.own.state, &gone.own.rest};
    if (row.state != nullptr && joins)
        join_figures(pool_, row, own, judging_, brief_);
    else if (row.state != nullptr)
        take_figures(row, gone.own);
    else if (gone.own.rest.record != seq::kNoBlock)
        seq::give_back_record(pool_, gone.own.rest.record);
    if (gone.folded.rest.record != seq::kNoBlock)
        seq::give_back_record(pool_, gone.folded.rest.record);
    pool_.give_back(c.outlast, sizeof(Outlast));
    c.outlast = seq::kNoBlock;
}

/// What the row it was of counted it as.
template <typename Rows>
void Applier<Rows>::take_back(const Entry& e) {
    const RowRef row = rows_.of_row(e.shortest);
    if (row.state == nullptr) return;
    if constexpr (Rows::kReal) rows_.taken_back(e);
    const std::uint64_t received =
        (std::uint64_t{row.rest->received_high} << 32 | row.state->received) - e.count;
    row.rest->received_high = static_cast<std::uint16_t>(received >> 32);
    row.state->received = static_cast<std::uint32_t>(received);
    row.state->bytes -= e.bytes;
    if (row.rest->record == seq::kNoBlock) return;
    for (std::uint32_t i = 0; i < e.count; ++i)
        seq::uncount(pool_.at<seq::Record>(row.rest->record), e.verdict, e.extent);
}

template <typename Rows>
void Applier<Rows>::apply(Slot slot, RowRef row, Entry& e) {
    if ((e.flags & kEntrySaved) != 0) {
        const bool there = slot != kNoSlot && counters_.counter(slot).row == e.shortest
                           && (e.flags & kEntryAnew) == 0;
        if (there) return; // it has been counted there, as what it is
        take_back(e);
    }
    judge(slot, row, e);
}

/// Before an entry leaves the log: what it means for the branches that outlast it.
template <typename Rows>
void Applier<Rows>::outlast(const Entry& e) {
    for (std::size_t i = 0; i < id_.live; ++i) {
        const Slot s = id_.order[i];
        Counter& c = counters_.counter(s);
        if (!c.is_branch()) continue;
        const Branch& b = counters_.branch(c);
        if (e.index < b.born || (e.slot != s && e.slot != b.near)) continue;
        if (c.outlast == seq::kNoBlock) {
            const seq::Block block = pool_.take(sizeof(Outlast));
            if (block == seq::kNoBlock) continue;
            Outlast& fresh = *new (&pool_.at<Outlast>(block)) Outlast{{},
                                                                      {},
                                                                      {b.old_high, b.old_first},
                                                                      {b.old_high, b.old_first},
                                                                      {b.first, b.first},
                                                                      false,
                                                                      true};
            const Counter& near = counters_.counter(b.near);
            RowRef from{nullptr, nullptr};
            if (near.is_branch() && near.outlast != seq::kNoBlock) {
                Outlast& o = pool_.at<Outlast>(near.outlast);
                from = {&o.own.state, &o.own.rest};
            } else {
                from = rows_.row(b.near, e.time);
            }
            if (from.state == nullptr || !copy_figures(pool_, from, pool_, fresh.folded)) {
                pool_.give_back(block, sizeof(Outlast));
                continue;
            }
            begin_row({&fresh.own.state, &fresh.own.rest}, c.first, e.time);
            c.outlast = block;
        }
        Outlast& gone = pool_.at<Outlast>(c.outlast);
        add_to(gone.together, e, false);
        if (e.slot == s) {
            add_to(gone.alone, e, !gone.begun);
            gone.begun = true;
        } else {
            add_to(gone.beside, e, false);
            if (Counters::knows(c, e.source)) gone.several = false;
        }
        Entry folded = e;
        const Seq64 d = seq::distance(gone.folded.state.highest, e.wire);
        if (e.slot == s && d > seq::kShortJump) folded.flags |= kEntryOutlier;
        folded.flags &= static_cast<std::uint8_t>(~kEntryRun);
        judge(kNoSlot, {&gone.folded.state, &gone.folded.rest}, folded);
    }
}

} // namespace lacuna::flow
