// Inside of Tracker; included by the files of lib/flow that implement it only.
#pragma once

#include "base/bounded_list.hpp"
#include "flow/channels.hpp"
#include "flow/table_sums_walk.hpp"
#include "flow/tracker.hpp"
#include "seq/step.hpp"
#include "wire/decode.hpp"

#include <limits>

namespace lacuna::flow {

/// A row with at least this many packets is established: a flood of others cannot push it out ...
inline constexpr std::uint64_t kEstablished = 16;
/// ... until it has been idle for so long (packet time).
inline constexpr TimeNs kEstablishedIdle = 60'000'000'000;
/// Of so many rows that may go, the one that will be missed least goes ...
inline constexpr std::size_t kSample = 16;
/// ... and so many are looked at for each newcomer to find them; what others left of theirs may be
/// used up if there is none among these, ...
inline constexpr std::size_t kScan = 32;
/// ... until so many were looked at: a table full of established rows costs a flood no more.
inline constexpr std::size_t kMaxScan = 1024;
/// Rows looked at per burst for idle ones.
inline constexpr std::size_t kSweep = 8;
/// Rows one track() call can evict: one per observation, and those the sweeps find.
inline constexpr std::size_t kMaxEvicted =
    wire::kMaxObservations + (wire::kMaxObservations / wire::kBurst + 1) * kSweep;

/// Spans of drops remembered; when a source reports more before the SA's next packet, the oldest
/// ones are merged.
inline constexpr std::size_t kDropSpans = 16;

/// A span of drops that is counted, and its number in the allowance of the run.
struct LongDrops {
    Drops drops;
    std::uint64_t number;
};

/// What makes a packet of a burst one for the fast path.
struct Usual {
    std::uint64_t long_interarrival; ///< as in Tracker::Impl
    /// When the period began that the latest packet of the burst lies in. All others lie before its
    /// end, so that an SA whose last packet came since then begins no period.
    TimeNs period_start;
};

struct Tracker::Impl {
    Impl(const TrackerConfig& c, FlowBudget& b) : config(c), budget(b) {}

    const TrackerConfig config;
    /// Inter-arrival times from here on, and steps back in time, need a closer look.
    const std::uint64_t long_interarrival =
        config.idle_timeout == 0 || config.idle_timeout >= kLongInterarrival
            ? kLongInterarrival
            : static_cast<std::uint64_t>(config.idle_timeout) + 1;
    FlowBudget& budget;
    SaTable table;
    Channels channels;
    TransportFlows transport;
    seq::RecordPool records;       ///< memory of config.window
    seq::RecordPool short_records; ///< memory of kShortWindow, once `records` is empty
    Reserved record_memory;
    Reserved short_memory;
    BoundedList<Event> events;
    BoundedList<Event> notable; ///< at most kMaxNotable
    std::uint64_t notable_count = 0;
    BoundedList<SaSummary> evicted;
    BoundedList<Sample> samples;
    Totals gone; ///< sums over rows that left
    TableCounters counters;
    TimeNs latest = std::numeric_limits<TimeNs>::min();
    TimeNs earliest = std::numeric_limits<TimeNs>::max(); ///< first packet of all rows ever
    TableSumsWalk walk;
    std::vector<Event> recent; ///< a ring, for questions; empty: not kept
    std::uint64_t recent_count = 0;
    Drops drops[kDropSpans] = {}; ///< oldest first, `drop_count` of them
    std::size_t drop_count = 0;
    LongDrops long_drops[kDropSpans] = {}; ///< the latest `long_drop_count` of them, in a ring
    std::uint64_t long_drop_count = 0;
    Row sample_hand = 0;         ///< where the search for room goes on
    Row sweep_hand = 0;          ///< where the search for idle rows goes on
    std::size_t scan_credit = 0; ///< rows the search may look at
    struct {
        Row row = kNoRow;
        TimeNs first_time = 0;      ///< another SA may have the row by then, ...
        std::uint64_t received = 0; ///< ... or the same more packets
    } next_victim;

    // The top bit of SaRest::record tells the pools apart.
    static constexpr seq::RecordId kShort = 0x80000000u;
    seq::RecordPool& pool_of(seq::RecordId id) {
        return (id & kShort) != 0 ? short_records : records;
    }
    const seq::Record* record_of(const SaRest& s) const {
        if (s.record == seq::kNoRecord) return nullptr;
        return &((s.record & kShort) != 0 ? short_records : records).at(s.record & ~kShort);
    }
    /// The old instance of a row whose restart is provisional.
    const seq::Record& shadow_of(const SaRest& s, const seq::Record& r) const {
        return ((s.record & kShort) != 0 ? short_records : records).at(r.shadow);
    }

    bool reserve();
    void track_burst(const wire::Observation* obs, std::size_t n);
    void track_mixed(const wire::Observation* obs, std::size_t n);
    void fetch_slow(const wire::Observation* obs, SaState* const* states, std::size_t i,
                    std::size_t n, const Usual& usual);
    void track_slow(const wire::Observation& o, const SaState* candidate);
    void step(Row row, const wire::Observation& o);
    void sample(Row row, TimeNs now);
    void create(const wire::Observation& o);
    Switch turn_channel(Row row, const wire::Observation& o);
    bool give_record(SaRest& s);
    bool blind(const SaState& s, const wire::Observation& o);
    void log(Row row, const seq::Change& c);
    void note(const Event& e);
    void warn_exhaustion(Row row, TimeNs time);

    // evict.cpp
    Row find_victim();
    bool make_room();
    void sweep();
    void evict(Row row, bool idle);

    // summarize.cpp
    void summarize(Row row, SaSummary& out) const;
};

} // namespace lacuna::flow
