// The reorder memory: which of the last W numbers were seen, and what becomes of those that leave.
#pragma once

#include "seq/record.hpp"

namespace lacuna::seq {

/// True if `n`, within the memory of `highest` (0 <= highest - n < W), was seen.
bool seen(const Record& r, Seq64 n);

/// The lowest number missing within the memory; some must be (Record::missing).
Seq64 lowest_missing(const Record& r, const Instance& in);

/// Makes `to` (> in.highest) the highest number: what lies between is missing, what leaves the
/// memory becomes final. With `blind` the missing numbers are marked as possibly the probe's loss.
/// Counts lost, gaps and lost_blind. Cost O(W / 64) at most, however far the jump.
void advance(Record& r, Instance& in, Seq64 to, bool blind);

/// `n`, missing and within the memory, has arrived after all: its hole shrinks, splits or closes.
void fill(Record& r, const Instance& in, Seq64 n);

/// Ends the instance: every run still in the memory becomes final, the memory is as new.
void flush(Record& r, const Instance& in);

/// Copies `from` into `to`, whose memory is larger (to.window is set). Numbers that had left stay
/// too old until new ones fill the space.
void grow(const Record& from, const Instance& in, Record& to);

/// How many numbers above `n` are missing within the memory.
std::uint64_t missing_above(const Record& r, const Instance& in, Seq64 n);

/// How many of them the probe itself may have lost.
std::uint64_t blind_above(const Record& r, const Instance& in, Seq64 n);

/// Calls `fn(first, length)` for every run of missing numbers that is not final yet, lowest first.
template <typename Fn>
void for_each_open_run(const Record& r, const Instance& in, Fn&& fn);

/// Counts one final run that ends with the number `last` in the statistics of `r`.
void count_run(Record& r, Seq64 last, std::uint64_t length);

// Implementation of the template.

/// Walks `count` numbers from `from` on (all within one memory length) in maximal pieces that do
/// not cross a word of the bitmap: fn(first, length, was_seen).
template <typename Fn>
void walk(const Record& r, Seq64 from, std::uint64_t count, Fn&& fn);

} // namespace lacuna::seq

#include "seq/reorder_window_walk.hpp"
