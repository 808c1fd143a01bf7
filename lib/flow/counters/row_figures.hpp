// What a row has come to, and what a packet adds to it.
#pragma once

#include "flow/counters/counters.hpp"
#include "flow/period.hpp"
#include "seq/extend.hpp"

namespace lacuna::flow {

/// A row, or a copy of one.
struct RowRef {
    SaState* state;
    SaRest* rest;
};

/// How packets are judged.
struct Judging {
    std::uint32_t window;      ///< of a new record
    std::uint32_t most_window; ///< what it may grow to
    double numbers_per_ns;     ///< what the link can carry; 0: unlimited
    std::uint64_t final_after; ///< as seq::settle() takes it
    /// Packets that can be stamped the same: clocks tick, and packets are stamped in bursts.
    static constexpr TimeNs kTick = 1000;

    std::uint64_t capacity(TimeNs since, TimeNs now) const;
};

/// What applying a packet showed; the real rows make events of it, copies nothing.
struct Shown {
    seq::Change change;
    seq::Verdict verdict;
    std::uint64_t extent;
    bool blind;
};

/// Whether the packets of `e` are none of the row's: far above it, and not confirmed.
inline bool is_forged(const SaState& s, const Entry& e) {
    return (e.flags & kEntryJump) == 0 && seq::distance(s.highest, e.wire) > seq::kShortJump;
}

/// What every packet of a row adds, whatever its verdict.
void account(SaState& s, SaRest& rest, TimeNs time, std::uint64_t bytes, bool assumed,
             bool new_period);

/// A row none of whose packets has been applied; the first will have the number `first`.
void begin_row(RowRef row, Seq64 first, TimeNs time);

/// The record of a row, taken from the pool where it has none; nullptr: no memory. `brief` is
/// counted up where only a short one was left.
seq::Record* record_for(seq::Pool& pool, RowRef row, const Judging& judging, std::uint64_t& brief);

/// Judges one packet of the row.
Shown judge_packet(seq::Pool& pool, RowRef row, std::uint32_t wire, TimeNs time, bool blind,
                   const Judging& judging, std::uint64_t& brief);

/// `count` packets of the row that are none of it.
void judge_outlier(seq::Pool& pool, RowRef row, std::uint64_t count, const Judging& judging,
                   std::uint64_t& brief);

/// When the last packet of the row came that was no outlier.
TimeNs last_fitting(const seq::Pool& pool, RowRef row);

/// `count` packets in order.
void pass_on(seq::Pool& pool, RowRef row, std::uint64_t count);

/// SaState::wake for what the row has come to.
void set_wake(const seq::Pool& pool, RowRef row);

/// A copy of figures, their record included; false: no memory, nothing taken.
bool copy_figures(const seq::Pool& from, RowRef row, seq::Pool& to, Figures& out);

/// The row has come to `figures`; what places it stays.
void take_figures(RowRef row, const Figures& figures);

/// Adds to `to` what `more` counts beyond `less`; numbers and memory stay.
void add_difference(seq::Pool& pool, RowRef to, RowRef more, RowRef less, const Judging& judging,
                    std::uint64_t& brief);

/// The row goes on with `part`, which begins above it: a hole lies between.
void join_figures(seq::Pool& pool, RowRef row, RowRef part, const Judging& judging,
                  std::uint64_t& brief);

/// Adds what `part` has come to; its runs are final, its record is given back.
void absorb(seq::Pool& pool, RowRef into, RowRef part);

/// The row begins a new instance, whose first number will be `first`.
void begin_instance(seq::Pool& pool, RowRef row, Seq64 first, TimeNs time, const Judging& judging,
                    std::uint64_t& brief);

/// The packets of `e` in the log of a branch that outlasts it: as part of the other counter.
void add_to(seq::Account& account, const Entry& e, bool skip_first);

} // namespace lacuna::flow
