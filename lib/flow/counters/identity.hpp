// What is kept of an identity once its packets do not simply make one counter: which counters they
// make, and what is not decided yet.
#pragma once

#include "flow/table/sa_state.hpp"
#include "seq/account.hpp"
#include "seq/judge.hpp"
#include "seq/list.hpp"

namespace lacuna::flow {

/// A source as the engine knows it: a keyed hash of its address (and of the destination). Two are
/// the same for all practical purposes if this is.
using Source = std::uint32_t;

/// Number of a counter within its identity. Stays the same until the counter is no more.
using Slot = std::uint8_t;
inline constexpr Slot kNoSlot = 0xFF;
/// Live counters (one more than kMost for a moment), and closed ones not applied yet.
inline constexpr std::size_t kSlots = 40;
inline constexpr std::size_t kLive = seq::kMost + 2;
/// Sources a counter knows; with more than kMost of them they are left aside.
inline constexpr std::size_t kSources = seq::kMost + 1;

/// Entry::flags
enum EntryFlag : std::uint8_t {
    kEntryJump = 1u << 0,    ///< a jump beyond kShortJump that was confirmed
    kEntryOutlier = 1u << 1, ///< received, without other effect
    kEntryRun = 1u << 2,     ///< part of a run of misfits that is remembered
    kEntrySaved = 1u << 3,   ///< had been applied; `verdict` and `extent` tell what it counted as
    kEntryAssumed = 1u << 4, ///< kSciAssumed
    kEntryAnew = 1u << 5,    ///< with kEntrySaved: it is part of a new instance of the same row
};

/// Packets in the log: one, or several of one counter and source in order without another between.
/// With kEntrySaved: one number, `count` times.
struct Entry {
    std::uint64_t index; ///< of the first, counted over the identity
    TimeNs time;         ///< of the first
    TimeNs last;         ///< of the last
    std::uint64_t bytes;
    union {
        std::uint64_t extent; ///< kEntrySaved: as it was
        std::uint64_t drops;  ///< else: reports of drops when it came
    };
    std::uint32_t wire; ///< number of the first
    std::uint32_t count;
    Source source;
    std::uint32_t shortest; ///< inter-arrival times between them; kEntrySaved: the row it was of
    std::uint32_t longest;
    Slot slot;
    std::uint8_t flags; ///< EntryFlag
    seq::Verdict verdict;
    std::uint8_t port; ///< low octet of Observation::port(), of the first
};
static_assert(sizeof(Entry) == 64);

/// A misfit that is remembered. Where it has been applied to its row, that can be taken back.
struct Misfit {
    std::uint64_t index;
    TimeNs time;
    std::uint64_t extent;
    std::uint32_t wire;
    std::uint32_t bytes;
    std::uint32_t repeats; ///< immediate repetitions that were applied
    std::uint32_t repeat_bytes;
    seq::Verdict verdict;
    bool applied;
    std::uint8_t flags;
    Slot slot;
    std::uint8_t port; ///< as Entry::port
};

/// Misfits of one source, each a step above the one before.
struct Run {
    Misfit packet[seq::kRun - 1];
    std::uint64_t before; ///< packets of the counter when the run began
    Source source;
    std::uint8_t count;
};

/// A source new to the identity that joined a counter because its number was the next there.
struct Trial {
    std::uint64_t born;
    Seq64 high; ///< of the counter, before
    Seq64 first;
    std::uint64_t count;    ///< packets of the source since
    wire::SaIdentity shown; ///< of its first packet
    Source source;
    Slot slot;
};

/// An older counter of a branch: whether it went on.
struct Older {
    Seq64 high;           ///< its highest when the branch began
    std::uint32_t above;  ///< packets above that since
    std::uint32_t behind; ///< packets the branch had when the last of them came
    Slot slot;
};

/// Of a counter that is a branch.
struct Branch {
    std::uint64_t born; ///< index of its first packet
    std::uint64_t copies;
    std::uint64_t since; ///< packets of `near` since it began
    std::uint64_t rises; ///< of the active AN, when it had its first 64 packets
    Seq64 old_high;      ///< of `near`, when it began
    Seq64 old_first;
    Seq64 fold_high;     ///< from where the numbers of `near` go up in the log
    std::uint32_t first; ///< its first number on the wire
    Slot near;
    bool of_new_source;
    std::uint8_t older_count;
    Older older[kLive];
};

/// What a row has come to; its record is in the pool.
struct Figures {
    SaState state;
    SaRest rest;
};

/// Of a branch that outlasts the log: what its packets came to that left it, as a counter of its
/// own and as part of the one beside it.
struct Outlast {
    Figures own;
    Figures folded;
    seq::Account together;
    seq::Account beside;
    seq::Account alone;
    bool begun;   ///< its first packet has left the log
    bool several; ///< no packet beside it came from one of its sources
};

/// One counter.
struct Counter {
    Seq64 highest;
    Seq64 first;
    std::uint64_t count; ///< packets that belong to it
    std::uint64_t last;  ///< index of the last one that fitted
    std::uint64_t born;  ///< index of the first one of an instance that is not the row's first
    TimeNs last_time;
    seq::Block branch;  ///< kNoBlock: it is settled
    seq::Block outlast; ///< of a branch that outlasts the log (Outlast), else kNoBlock
    seq::Block record;  ///< of its row; kNoBlock: it has none, or is not known here
    Row row;            ///< kNoRow: none of its packets has been applied yet
    std::uint32_t source_count;
    Source sources[kSources];
    wire::SaIdentity shown;                  ///< its first packet's
    wire::SaIdentity latest;                 ///< of where it has moved to
    std::uint64_t seen[seq::kPatience / 64]; ///< the last kPatience numbers up to highest
    bool is_branch() const { return branch != seq::kNoBlock; }
};

/// A counter that ended because another began again in its place.
struct Closed {
    Slot slot;
    Slot into;
    bool reused_an; ///< the AN was not the active one: part of a rekey
};

/// What became of a branch or a trial, to be told once its packets are in their row.
struct News {
    enum class Kind : std::uint8_t { jump, counter, moved };
    TimeNs time;
    Seq64 before;          ///< highest of the older counter
    Seq64 first;           ///< number of the first packet of the branch
    wire::SaIdentity from; ///< of a move: identity and source before
    wire::SaIdentity to;
    Kind kind;
    Slot slot;
};

/// A counter whose figures are those a branch came to that was folded back into it.
struct Adopted {
    Slot slot;
    seq::Block outlast;
};

struct Identity {
    std::uint64_t index; ///< packets so far
    TimeNs last_time;
    std::uint64_t applied_to; ///< all entries before this index have been applied
    seq::List<Entry> log;
    seq::List<Run> runs;
    seq::List<Trial> trials;
    seq::List<Closed> closed;
    seq::List<Adopted> adopted;
    seq::List<News> news;
    seq::List<Row> aliases;     ///< rows that lead here under other destinations
    seq::Block counter[kSlots]; ///< by slot
    std::uint64_t rises;        ///< packets that raised the highest number of its counters
    std::uint64_t others;       ///< packets, duplicates aside
    std::uint64_t synced;       ///< packets of the primary row that are known here
    Row primary;                ///< the row the index finds
    std::uint32_t open;         ///< branches
    // The packet before.
    std::uint32_t prev_wire;
    Source prev_source;
    Slot prev_slot;
    std::uint8_t live;
    Slot order[kLive];     ///< the live counters, older ones first
    Slot rest_slot;        ///< the counter that stands for a 17th; kNoSlot
    std::uint8_t ordinals; ///< given so far
    bool macsec;           ///< with an SCI on the wire: rekeys are told
};

} // namespace lacuna::flow
