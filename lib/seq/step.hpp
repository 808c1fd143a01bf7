// One packet of an SA that is not simply the next in order: its verdict and what follows from it.
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
    held,    ///< more than kMaxJump above the highest: the next packet decides
    restart, ///< the packet completed the evidence of a restart
};

/// A packet as it arrives.
struct Arrival {
    std::uint32_t wire; ///< its number on the wire
    TimeNs time;
    bool reactivated; ///< MACsec: its AN has just become active again
    bool blind;       ///< the source reported drops of its own since the SA's previous packet
};

enum class ChangeKind : std::uint8_t { hole_opened, hole_filled, restart, restart_undone };

/// What happened, in numbers; lib/flow makes events of it (flow/event.hpp explains a and b).
struct Change {
    Seq64 a;
    Seq64 b;
    TimeNs time;
    std::uint32_t instance;
    ChangeKind kind;
    bool provisional;
    bool blind;
};

/// The changes of one step. A restart from a run of 8 is the largest: itself and seven holes, and
/// the shadow's share.
struct Changes {
    static constexpr std::size_t kMax = 16;
    Change item[kMax];
    std::size_t count = 0;

    void add(const Change& c) { item[count++] = c; }
};

/// Judges one packet of the SA whose present instance is `in` and whose record is `id` in `pool`,
/// by the rules of doc/semantics.md in their order, and updates both. Appends to `out` (cleared by
/// the caller). Bounded work: O(W / 64) whatever the numbers are. No clock, no allocation besides
/// pool.take() for the shadow of a restart.
Verdict step(RecordPool& pool, RecordId id, Instance& in, const Arrival& packet, Changes& out);

} // namespace lacuna::seq
