// What is kept of a secure association once it has shown an anomaly.
#pragma once

#include "base/log2_histogram.hpp"
#include "seq/constants.hpp"

namespace lacuna::seq {

/// One unbroken numbering of an SA: from its first packet to a restart or the end.
struct Instance {
    Seq64 highest;
    Seq64 first;
};

/// A packet that may turn out to be part of a restart.
enum class Counted : std::uint8_t { duplicate, too_old, before_first };

/// Index of a Record in its pool.
using RecordId = std::uint32_t;
inline constexpr RecordId kNoRecord = 0xFFFFFFFFu;

/// Counters and memory of one SA; `window` / 64 words of each bitmap follow the struct in memory.
/// Plain data without pointers: copied byte by byte when a restart may have to be undone.
/// Written by the one worker that owns the SA.
struct alignas(8) Record {
    // Over all instances of the row. `lost` and `gaps` fall when a late packet arrives.
    std::uint64_t lost;
    std::uint64_t lost_blind;
    std::uint64_t gaps;
    std::uint64_t duplicates;
    std::uint64_t late;
    std::uint64_t too_old;
    std::uint64_t before_first;
    std::uint64_t outliers;
    std::uint64_t max_late_extent;

    // Runs of lost numbers that left the memory: final.
    std::uint64_t max_gap;
    std::uint64_t edge; ///< length of the run that ends just below the memory and may go on in it
    Seq64 last_loss;    ///< last number of the latest final run of this instance

    // Buckets that cannot be reached are left out: late extents are below W <= 2^16, too-old ones
    // at least 2^6.
    static constexpr std::size_t kLateBuckets = 16;
    static constexpr std::size_t kTooOldFirst = 6;
    std::uint64_t late_extents[kLateBuckets];
    std::uint64_t too_old_extents[kLog2Buckets - kTooOldFirst];
    Log2Histogram loss_periods;
    Log2Histogram loss_distances;

    // The last packets, as long as they may be the beginning of a restart.
    TimeNs run_time[kLongRun];
    std::uint32_t run_wire[kLongRun];
    Counted run_counted[kLongRun];
    std::uint8_t run_bucket[kLongRun]; ///< where too_old_extents counted it

    // A number too far above the highest, waiting for the next packet.
    Seq64 held;
    TimeNs held_time;

    Seq64 origin;      ///< first number of the first instance; valid from instance 1 on
    Instance instance; ///< of a shadow only: the state a restart may be undone to
    RecordId shadow;   ///< the old instance while a restart is provisional, else kNoRecord

    std::uint32_t window;     ///< W of this record, in numbers
    std::uint32_t missing;    ///< numbers missing within the memory
    std::uint32_t restarts;   ///< also the number of the present instance
    std::uint8_t run_length;  ///< packets in run_*
    std::uint8_t provisional; ///< packets left until the restart stands
    bool has_held;
    bool has_last_loss;
    bool has_blind;         ///< some bit of the blind map is set
    bool held_blind;        ///< the source reported drops when `held` came
    std::uint8_t run_known; ///< bit per packet in run_*: already seen, or below the memory
    std::uint8_t spare;

    std::uint64_t* seen() { return reinterpret_cast<std::uint64_t*>(this + 1); }
    const std::uint64_t* seen() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }
    /// Missing numbers the probe itself may have lost.
    std::uint64_t* blind() { return seen() + window / 64; }
    const std::uint64_t* blind() const { return seen() + window / 64; }

    /// Octets of a record with memory `window`.
    static constexpr std::size_t size(std::uint32_t window) {
        return sizeof(Record) + 2 * (window / 64) * sizeof(std::uint64_t);
    }

    /// An SA that has shown nothing yet: all numbers up to the highest seen.
    void init(std::uint32_t memory);

    /// True while any packet in order has work to do here. Where it is false, one that makes no
    /// missing number leave the memory has none: its bit, that of the number W below, is set.
    bool busy() const { return edge != 0 || run_length != 0 || has_held || shadow != kNoRecord; }
};
static_assert(Record::size(1024) <= 1024, "the default record is at most 1 KiB");

/// Records in one reserved block; take() and give_back() are a few instructions. One owner.
class RecordPool {
public:
    RecordPool() = default;
    RecordPool(const RecordPool&) = delete;
    RecordPool& operator=(const RecordPool&) = delete;

    /// Uses `memory` (count * Record::size(window) octets, zeroed, aligned as a Record, not owned).
    /// Records lie side by side: to begin each in a line of its own would cost what is spared in
    /// the record.
    void adopt(void* memory, RecordId count, std::uint32_t window);

    /// A fresh record, or kNoRecord if none is left.
    RecordId take();
    void give_back(RecordId id);

    Record& at(RecordId id) { return *reinterpret_cast<Record*>(base_ + stride_ * id); }
    const Record& at(RecordId id) const {
        return *reinterpret_cast<const Record*>(base_ + stride_ * id);
    }
    /// Fetches what step() of a packet with the number `wire` reads and writes: counters, state and
    /// a word of the memory.
    void prefetch(RecordId id, std::uint32_t wire) const {
        const Record& r = at(id);
        __builtin_prefetch(&r.lost, 1);
        __builtin_prefetch(&r.max_late_extent, 1);
        __builtin_prefetch(&r.held, 1);
        __builtin_prefetch(&r.missing, 1);
        __builtin_prefetch(r.seen() + wire % window_ / 64, 1);
    }
    std::uint32_t window() const { return window_; }
    std::uint64_t used() const { return used_; }

private:
    std::byte* base_ = nullptr;
    std::size_t stride_ = 0;
    RecordId count_ = 0;
    RecordId fresh_ = 0;        ///< records from here on were never used
    RecordId free_ = kNoRecord; ///< list of returned ones, linked through `shadow`
    std::uint32_t window_ = 0;
    std::uint64_t used_ = 0;
};

} // namespace lacuna::seq
