// Inside of Tracker; included by the files of lib/flow that implement it only.
#pragma once

#include "base/bounded_list.hpp"
#include "flow/counters/apply.hpp"
#include "flow/period.hpp"
#include "flow/stamps/stamper.hpp"
#include "flow/table/channels.hpp"
#include "flow/table/sources.hpp"
#include "flow/tracker.hpp"
#include "flow/tracker/late_rate.hpp"
#include "flow/tracker/provisional.hpp"
#include "flow/tracker/record_streams.hpp"
#include "flow/tracker/stream_trials.hpp"
#include "flow/tracker/table_sums_walk.hpp"
#include "wire/decode.hpp"

#include <limits>

namespace lacuna::flow {

/// A row with at least this many packets is established: a flood of others cannot push it out ...
inline constexpr std::uint64_t kEstablished = 16;
/// ... until it has been idle for so long (packet time).
inline constexpr std::uint64_t kEstablishedIdle = 60'000'000'000;
/// Of so many rows that may go, the one that will be missed least goes ...
inline constexpr std::size_t kSample = 16;
/// ... and so many are looked at for each newcomer to find them; what others left of theirs may be
/// used up if there is none among these, ...
inline constexpr std::size_t kScan = 32;
/// ... until so many were looked at: a table full of established rows costs a flood no more.
inline constexpr std::size_t kMaxScan = 1024;
/// Rows looked at per burst for idle ones.
inline constexpr std::size_t kSweep = 8;
/// Rows told at most to be idle when the clock is set back.
inline constexpr std::size_t kMostSwept = 1024;
/// Rows one track() call can evict: one per observation, and those the sweeps find.
inline constexpr std::size_t kMaxEvicted =
    kMostSwept + wire::kMaxObservations + (wire::kMaxObservations / wire::kBurst + 1) * kSweep;

/// What makes a packet of a burst one for the fast path.
struct Usual {
    std::uint64_t long_interarrival; ///< as in Tracker::Impl
    /// When the period began that the clock lies in behind the burst. No packet of it lies behind
    /// that period, so that an SA whose last packet came since then begins none.
    TimeNs period_start;
};

struct Tracker::Impl {
    static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
    static std::uint64_t or_never(TimeNs time) {
        return time != 0 ? static_cast<std::uint64_t>(time) : kNever;
    }

    Impl(const TrackerConfig& c, FlowBudget& b) : config(c), share(b) {}

    const TrackerConfig config;
    /// Of TrackerConfig; UINT64_MAX: never.
    const std::uint64_t silent_after = or_never(config.silent_after);
    /// Inter-arrival times from here on, and steps back in time, need a closer look.
    const std::uint64_t long_interarrival = std::min(
        {std::uint64_t{kLongInterarrival}, silent_after,
         config.idle_timeout != 0 ? static_cast<std::uint64_t>(config.idle_timeout) + 1 : kNever});
    FlowShare share; ///< it may have
    SaTable table;
    Channels channels;
    TransportFlows transport;
    seq::Pool pool; ///< records, and what identities keep
    Reserved pool_memory;
    Judging judging{};
    Sources sources{wire::HashKey::random()};
    LastSeen last_seen;
    DropSpans drops{share.drops()};
    StreamTrials stream_trials;
    RecordStreams record_streams;
    mutable Provisional provisional;
    BoundedList<Event> events;
    BoundedList<Event> notable; ///< at most kMaxNotable
    std::uint64_t notable_count = 0;
    BoundedList<Event> pauses; ///< Tracker::pauses()
    ReservedArray<Event> late; ///< config.late of them
    std::size_t late_size = 0;
    std::uint64_t late_count = 0;
    LateRate late_rate; ///< of those told as events
    Stamper stamper;
    BoundedList<SaSummary> evicted;
    BoundedList<Sample> samples;
    Sums gone; ///< over rows that left
    /// Rows of each further counter ever held; `counters.created` counts them too.
    std::array<std::uint64_t, wire::kCounters> created_of = {};
    TableCounters counters;
    TimeNs latest = std::numeric_limits<TimeNs>::min();   ///< the clock
    TimeNs earliest = std::numeric_limits<TimeNs>::max(); ///< first packet of all rows ever
    TableSumsWalk walk;
    std::vector<Event> recent; ///< a ring, for questions; empty: not kept
    std::uint64_t recent_count = 0;
    Row sample_hand = 0;         ///< where the search for room goes on
    Row sweep_hand = 0;          ///< where the search for idle rows goes on
    std::size_t scan_credit = 0; ///< rows the search may look at
    std::span<const LeftBehind> left_behind;
    TakenUp taken_up;
    struct {
        Row row = kNoRow;
        TimeNs first_time = 0;      ///< another SA may have the row by then, ...
        std::uint64_t received = 0; ///< ... or the same more packets
    } next_victim;

    bool wants_late() const { return config.late != 0 || config.events; }
    const seq::Record* record_of(const SaRest& s) const {
        return s.record == seq::kNoBlock ? nullptr : &pool.at<seq::Record>(s.record);
    }
    const Identity* identity_of(Row row) const {
        const seq::Block block = table.rest(row).identity;
        return block == seq::kNoBlock ? nullptr : &pool.at<Identity>(block);
    }

    bool reserve();
    /// Fills in what no row tells: rows ever held, rekeys.
    void complete(Sums& sums) const;
    void advance(TimeNs now);
    void track_burst(const wire::Observation* obs, std::size_t n);
    void track_mixed(const wire::Observation* obs, std::size_t n);
    void fetch_slow(const wire::Observation* obs, SaState* const* states, std::size_t i,
                    std::size_t n, const Usual& usual);
    void widen(Row row, const wire::Observation& o, wire::Observation& wide) const;
    void track_row(Row row, const wire::Observation& o);
    void track_slow(const wire::Observation& o, const SaState* candidate);
    void track_special(const wire::Observation& o);
    void track_run(const wire::Observation& o, std::uint32_t numbers);
    void believe(const wire::Observation& o);
    void step(Row row, const wire::Observation& o, bool new_period);
    void sample(Row row, TimeNs now);
    void create(const wire::Observation& o);
    const LeftBehind* left_by_earlier_run(const wire::Observation& o) const;
    void go_on_from(Row row, const wire::Observation& o, const LeftBehind& left);
    void evict_idle_siblings(const wire::Observation& o);
    void comes_back(Row row, TimeNs time);
    bool falls_silent(Row row, const Quiet& quiet);
    /// Whether a packet of the row at `time` comes after a pause that has to be looked at.
    bool was_quiet(const SaState& s, TimeNs time) const {
        return (s.flags & kSilent) != 0 || elapsed(s.last_time, time) >= silent_after;
    }
    void tell(Row row, TimeNs time, bool blind, const seq::Change& c);
    void tell_late(Row row, TimeNs time, const Shown& shown);
    /// A duplicate came over `port`, of which the low octet is given.
    void saw_twice(Row row, std::uint8_t port) {
        counters.elsewhere += static_cast<std::uint8_t>(table.rest(row).port) != port ? 1 : 0;
    }
    void untell_late(Row row, const Entry& e);
    void stamp(Row row, TimeNs time, const Shown& shown, Seq64 before);
    void set_wake(Row row);
    void wake_for_stamp(Row row);
    void note(const Event& e);
    void push_event(const Event& e);
    void warn_exhaustion(Row row, TimeNs time);
    void channel_packet(Row row, TimeNs time, Rise rise);
    void restarted_an(Row row, TimeNs time, Seq64 high, Seq64 first);
    Seq64 highest_so_far(Row row) const;
    void tell_rekey(const Rekey& rekey, Row row, Seq64 first);

    // identities.cpp
    Identity* open_identity(Row row);
    void sync(Identity& id);
    Activity activity(Row primary) const;
    void apply(Identity& id, Counters& counters_of, std::uint64_t settled);
    void track_identity(Identity& id, const wire::Observation& o, Source source);
    void end_identity(Identity& id);
    void close_identity(Identity& id);
    Identity* moved_from(const wire::Observation& o);
    bool add_alias(Identity& id, const wire::Observation& o);
    /// The identity and source an SA is shown under: those of its first packet.
    wire::SaIdentity shown_identity(Row row) const;
    wire::SaIdentity named(Row row) const;
    /// The identity and source of its first packet.
    wire::SaIdentity source_of(Row row) const {
        wire::SaIdentity id = table.with_source(row);
        id.key.tag = 0;
        return wire::shown_source(id);
    }

    // evict.cpp
    Row find_victim();
    bool make_room(Row keep = kNoRow);
    void sweep();
    void sweep_all();
    void evict(Row row, bool idle);
    void report_gone(Row row, bool idle);
    void drop_row(Row row);
    bool idle(Row row, TimeNs now) const;

    // summarize.cpp
    void summarize(Row row, SaSummary& out) const;
    void fill(RowRef row, const seq::Pool& from, SaSummary& out) const;
};

} // namespace lacuna::flow
