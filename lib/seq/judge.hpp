// One packet of a counter that is not simply the next in order: its verdict and what follows.
#pragma once

#include "seq/record.hpp"

namespace lacuna::seq {

enum class Verdict : std::uint8_t {
    in_order,
    jump,
    before_first,
    too_old,
    duplicate,
    late,
    outlier
};

/// A packet as it arrives.
struct Arrival {
    std::uint32_t wire; ///< its number on the wire
    bool blind;         ///< the source reported drops of its own since the counter's last packet
    /// Numbers the link could carry since then; a longer hole cannot have been packets.
    std::uint64_t capacity = UINT64_MAX;
    TimeNs time = 0;
    std::uint64_t final_after = UINT64_MAX; ///< as of settle()
};

/// What a step changed, in numbers.
struct Change {
    enum class Kind : std::uint8_t { none, hole_opened, hole_filled };
    Kind kind = Kind::none;
    Seq64 a = 0; ///< opened: first missing number; filled: the number that came
    Seq64 b = 0; ///< opened: the number after the run; filled: its extent
};

/// Judges one packet by the table of verdicts (doc/semantics.md) and updates both. Which counter a
/// packet belongs to is decided before. Bounded work: O(W / 64) whatever the numbers are.
Verdict judge(Record& r, Instance& in, const Arrival& packet, Change& change);

/// The next `count` numbers, all in order.
void pass(Record& r, Instance& in, std::uint64_t count);

/// Takes back a verdict that changed no number (duplicate, too_old, before_first, outlier), or
/// counts it again. `extent` as it was then.
void uncount(Record& r, Verdict verdict, std::uint64_t extent);
void count(Record& r, Verdict verdict, std::uint64_t extent);

/// The counter begins again with `first`: the old instance's runs are final.
void begin_instance(Record& r, Instance& in, Seq64 first);

/// Whether a packet with this verdict asks for more memory, and W may grow to `most`.
inline bool wants_memory(const Record& r, Verdict v, std::uint64_t extent, std::uint32_t most) {
    return (v == Verdict::late || v == Verdict::duplicate) && 2 * extent >= r.window
           && r.window < most && r.window >= kFirstWindow;
}

} // namespace lacuna::seq
