// What is kept of a counter once it has shown an anomaly.
#pragma once

#include "base/log2_histogram.hpp"
#include "seq/constants.hpp"
#include "seq/pool.hpp"

namespace lacuna::seq {

/// One unbroken numbering: from its first packet to a restart or the end.
struct Instance {
    Seq64 highest;
    Seq64 first;
};

/// Lost numbers, by what they are put down to; each is in one of the three.
struct LossParts {
    std::uint64_t network = 0;
    std::uint64_t blind = 0;
    std::uint64_t doubtful = 0;

    std::uint64_t sum() const { return network + blind + doubtful; }
    LossParts& operator+=(const LossParts& o) {
        network += o.network;
        blind += o.blind;
        doubtful += o.doubtful;
        return *this;
    }
    bool operator==(const LossParts&) const = default;
};

/// When numbers were missing: all up to `number` were at `to`, the last of them since then.
struct MissingMark {
    Seq64 number;
    TimeNs from; ///< the first of them since then
    TimeNs to;
};

/// Figures and memory of one counter; `window` / 64 words of each bitmap follow the struct in
/// memory. Plain data without pointers: copied byte by byte where a branch leaves two outcomes
/// open. Written by the one worker that owns it.
struct alignas(8) Record {
    // Over all instances of the row. `lost` and `gaps` fall when a late packet arrives.
    std::uint64_t lost;
    std::uint64_t lost_blind;
    std::uint64_t lost_doubtful;
    std::uint64_t gaps;
    std::uint64_t duplicates;
    std::uint64_t far_duplicates; ///< those more than kStep below the highest
    std::uint64_t late;
    std::uint64_t too_old;
    std::uint64_t before_first;
    std::uint64_t outliers;
    std::uint64_t max_late_extent;

    // Runs of lost numbers that left the memory.
    std::uint64_t max_gap;
    std::uint64_t edge; ///< length of the run that ends just below the memory and may go on in it
    Seq64 last_loss;    ///< last number of the latest such run of this instance

    // Buckets that cannot be reached are left out: late extents are below W <= 2^16, too-old ones
    // at least 2^6.
    static constexpr std::size_t kLateBuckets = 16;
    static constexpr std::size_t kTooOldFirst = 6;
    std::uint64_t late_extents[kLateBuckets];
    std::uint64_t too_old_extents[kLog2Buckets - kTooOldFirst];
    Log2Histogram loss_periods;
    Log2Histogram loss_distances;

    Seq64 origin; ///< first number of the first instance; valid from instance 1 on
    Seq64 floor;  ///< what lies below had left the memory before it grew
    // The latest doubtful hole, while late packets may fill it.
    Seq64 doubtful_from;
    Seq64 doubtful_to;

    // Missing numbers up to `final_number` are final (seq/final.hpp).
    static constexpr std::size_t kMarks = 4;
    Seq64 final_number;
    MissingMark marks[kMarks]; ///< of those above it, the oldest first
    LossParts recovered;       ///< numbers that came although they were final, as they were lost

    // Outliers change nothing, the time of the packet before them included.
    std::uint64_t outlier_received; ///< packets of the row with the latest outlier ...
    TimeNs before_outlier;          ///< ... and when the last one before it came that was none
    std::uint64_t last_received;    ///< packets of the row when it was judged last
    std::uint32_t last_wire;        ///< and the number of that packet
    std::uint32_t window;           ///< W of this record, in numbers
    std::uint32_t missing;          ///< numbers missing within the memory
    std::uint32_t restarts;         ///< also the number of the present instance
    std::uint32_t reused_ans;       ///< restarts that were part of a rekey
    bool has_last_loss;
    bool has_blind; ///< some bit of the blind map is set
    std::uint8_t mark_count;
    std::uint8_t spare[1];

    std::uint64_t* seen() { return reinterpret_cast<std::uint64_t*>(this + 1); }
    const std::uint64_t* seen() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }
    /// Missing numbers the probe itself may have lost.
    std::uint64_t* blind() { return seen() + window / 64; }
    const std::uint64_t* blind() const { return seen() + window / 64; }

    /// Bytes of a record with memory `window`.
    static constexpr std::size_t size(std::uint32_t window) {
        return sizeof(Record) + 2 * (window / 64) * sizeof(std::uint64_t);
    }
    std::size_t size() const { return size(window); }

    /// A counter that has shown nothing yet: all numbers up to the highest seen.
    void init(std::uint32_t memory);

    /// True while any packet in order has work to do here. Where it is false, one that makes no
    /// missing number leave the memory has none: its bit, that of the number W below, is set.
    bool busy() const { return edge != 0; }

    /// Adds the figures of a counter that is part of this one (its runs are final, see flush()), or
    /// with `times` -1 takes them off; the largest of what was largest stays.
    void absorb(const Record& other, int times = 1);
};
static_assert(Record::size(1024) <= 1024 + 64, "the default record is about 1 KiB");

/// A fresh record with memory `window`, or one with kShortWindow from the reserve; kNoBlock: none
/// is left at all.
Block take_record(Pool& pool, std::uint32_t window);
inline void give_back_record(Pool& pool, Block record) {
    pool.give_back(record, pool.at<Record>(record).size());
}
/// The same record once more; kNoBlock: no room.
Block copy_record(const Pool& from, Block record, Pool& to);

/// Fetches what judge() of a packet with the number `wire` reads and writes: figures, state and
/// a word of the memory.
inline void prefetch_record(const Pool& pool, Block record, std::uint32_t wire) {
    const Record& r = pool.at<Record>(record);
    __builtin_prefetch(&r.lost, 1);
    __builtin_prefetch(&r.max_late_extent, 1);
    __builtin_prefetch(&r.origin, 1);
    __builtin_prefetch(&r.missing, 1);
    __builtin_prefetch(r.seen() + wire % kFirstWindow / 64, 1);
}

} // namespace lacuna::seq
