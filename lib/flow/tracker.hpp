// Observations in, verdicts kept: the bounded table of secure associations one worker owns.
#pragma once

#include "base/drops.hpp"
#include "base/result.hpp"
#include "base/steady_times.hpp"
#include "flow/event.hpp"
#include "flow/rekey_totals.hpp"
#include "flow/sample.hpp"
#include "flow/table/alive.hpp"
#include "flow/table/drop_allowance.hpp"
#include "flow/table/table_counters.hpp"
#include "flow/totals.hpp"
#include "flow/transport/transport_flows.hpp"
#include "wire/identity_hash.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lacuna::flow {

struct TrackerConfig {
    std::uint32_t window = 0; ///< reorder memory W, a multiple of 64, 64-65,536; 0: begins at 1,024
                              ///< and grows to 8,192 where packets come so late
    std::uint64_t max_flows = 1u << 20; ///< rows over all workers of a run, 1 - 2^28
    TimeNs idle_timeout = 0;            ///< packet time after which an idle row may go; 0: never
    /// Times at most so far behind the clock do not set it back; 0: none does.
    TimeNs clock_tolerance = kClockTolerance;
    std::uint64_t record_memory =
        0; ///< bytes for side records of this tracker; 0: 1 KiB a flow, 1 GiB at most
    TimeNs final_after = 10'000'000'000; ///< a number missing for so long is final; 0: only once it
                                         ///< has left the memory
    TimeNs silent_after = 10'000'000'000; ///< least time without packets that makes an SA silent;
                                          ///< 0: none is
    double link_speed = 400e9; ///< bit/s; what no link of this speed carries is doubtful loss
    std::uint64_t max_transport_flows = 0; ///< rows for TCP and UDP 5-tuples; 0: not observed
    bool events = false;                   ///< collect events
    std::uint32_t sample_periods = 0; ///< kPeriods from sample to sample, dividing 720; 0: none
    bool live = false; ///< take the index in its final size at once: no burst waits while it grows
    std::size_t late = 0;     ///< late packets, too old ones and duplicates listed at most
    std::uint32_t stamps = 0; ///< numbers of an SA told as stamps in a second, about; with `events`
    std::uint32_t recent_events = 0; ///< events kept for questions, the latest ones; a power of two
};

/// Rows for all workers of a run together. Each has a share nobody else can take: seven eighths of
/// an equal part. What is left is for those whose SAs happen to be more.
class FlowBudget {
public:
    /// `workers`: trackers that will have a share; with one it is all.
    explicit FlowBudget(std::uint64_t rows, std::size_t workers = 1)
        : share_(workers > 1 ? rows / workers - rows / workers / 8 : 0),
          left_(static_cast<std::int64_t>(rows - share_ * workers)) {}
    /// Rows each worker has for itself.
    std::uint64_t share() const { return share_; }
    /// One of those for all.
    bool take() {
        if (left_.fetch_sub(1, std::memory_order_relaxed) > 0) return true;
        left_.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    void give_back() { left_.fetch_add(1, std::memory_order_relaxed); }
    /// What long spans of drops may still make blind.
    DropAllowance& drops() { return drops_; }

    /// Of a live run, before its first tracker: trackers tell each other which peers send. False:
    /// no memory.
    bool watch_peers(std::uint64_t rows) {
        alive_ = std::make_unique<Alive>();
        return alive_->reserve(rows);
    }
    /// Null: nobody asked for it.
    Alive* alive() { return alive_.get(); }

private:
    const std::uint64_t share_;
    std::atomic<std::int64_t> left_;
    DropAllowance drops_;
    std::unique_ptr<Alive> alive_;
};

/// The rows one worker may have: its share, then of those for all. One owner.
class FlowShare {
public:
    /// `budget` outlives it.
    explicit FlowShare(FlowBudget& budget)
        : budget_(budget), alive_(budget.alive()), own_(budget.share()) {}
    bool take() {
        if (own_ == 0) {
            if (!budget_.take()) return false;
            ++borrowed_;
            return true;
        }
        --own_;
        return true;
    }
    void give_back() {
        if (borrowed_ == 0) {
            ++own_;
            return;
        }
        --borrowed_;
        budget_.give_back();
    }
    DropAllowance& drops() { return budget_.drops(); }
    Alive* alive() const { return alive_; }

private:
    FlowBudget& budget_;
    Alive* const alive_;
    std::uint64_t own_;          ///< left of its share
    std::uint64_t borrowed_ = 0; ///< of those for all
};

/// An SA that an earlier run left.
struct LeftBehind {
    wire::SaIdentity id; ///< SaSummary::id, of an identity with one counter
    Seq64 highest;
    /// How a list of them is sorted.
    static bool before(const LeftBehind& a, const LeftBehind& b) {
        return std::memcmp(&a.id, &b.id, sizeof a.id) < 0;
    }
};

/// Pauses one tracker remembers.
inline constexpr std::size_t kMaxPauses = 4096;

/// Notable events one tracker remembers.
inline constexpr std::size_t kMaxNotable = 65536;

/// Missing numbers of an SA that may still come: [first, next).
struct OpenRun {
    Seq64 first;
    Seq64 next;
};

/// The latest events of a tracker, in a ring: `count` of them, the oldest at index
/// (total - count) modulo ring.size().
struct RecentEvents {
    std::span<const Event> ring;
    std::uint64_t count;
    std::uint64_t total; ///< ever
};

/// What came of take_up().
struct TakenUp {
    std::uint64_t sas = 0;
    std::uint64_t missing = 0;
};

struct TableSums;

/// One worker's tracker. Owned and used by one thread; another thread may read it only after that
/// one has stopped. All memory is reserved by create(); track() never allocates.
class Tracker {
public:
    /// `budget` is shared by the trackers of a run and outlives them. Errors: no memory (exit 1).
    static Result<std::unique_ptr<Tracker>> create(const TrackerConfig& config, FlowBudget& budget);
    ~Tracker();

    /// Tracks a burst of observations in order, n <= kMaxObservations. Events of the burst, if
    /// asked for, are appended to events(); the caller takes them and calls clear_events() before
    /// the next burst. `now`: the steady time of their port (base/steady_times.hpp) behind them,
    /// about the latest of them; where it is given n may be 0. Where it is not, it is the latest.
    void track(const wire::Observation* obs, std::size_t n, TimeNs now);
    void track(const wire::Observation* obs, std::size_t n);

    /// SAs that an earlier run of this probe held. One that comes back goes on where it was left if
    /// its first number lies ahead: it begins at the number after, and what is missing up to its
    /// first packet is lost and blind. Others begin anew. Before the first packet; `left` is sorted
    /// and outlives the tracker.
    void take_up(std::span<const LeftBehind> left);
    /// How many came back so far, and the numbers that were missing.
    TakenUp taken_up() const;

    std::span<const Event> events() const;
    void clear_events();

    /// The first TrackerConfig::late packets that came late, too late to tell, or again, as they
    /// were judged, those taken back with kind 0; and how many there were.
    std::span<const Event> late() const;
    std::uint64_t late_count() const;

    /// Restarts (undone ones left out), rekeys and exhaustion warnings, always collected, in the
    /// order they happened; the first kMaxNotable of them.
    std::vector<Event> notable() const;
    /// How many there were, undone restarts included.
    std::uint64_t notable_count() const;

    /// Final summaries of rows that were evicted since the last call to clear_evicted().
    std::span<const SaSummary> evicted() const;
    void clear_evicted();

    /// Samples of the burst, at most one an observation, if TrackerConfig asks for them. The caller
    /// takes them and calls clear_samples() before the next burst.
    std::span<const Sample> samples() const;
    void clear_samples();

    /// The source lost packets of its own (packet time). Called in the order of arrival, before the
    /// packets that came after the drops: runs of lost numbers they reveal, if they overlap the
    /// span, are blind (SaSummary::lost_blind). A span longer than kCountedSpan whose number of
    /// drops is known makes no more numbers blind than that, over all trackers of the run: runs
    /// for which not enough of it is left are not blind.
    void report_drops(const Drops& drops);

    /// Ends the input. Rows idle at `end` (the latest packet time over all trackers of the run, see
    /// latest()) leave the table, if there is an idle timeout. Call once, before final summaries
    /// are read; then take evicted() a last time.
    void finish(TimeNs end);
    /// The clock, see track(); the smallest TimeNs before the first.
    TimeNs latest() const;
    /// Packet time of the first packet of all rows ever; the largest TimeNs before it.
    TimeNs earliest() const;

    /// Sums over all rows ever held. Walks the table.
    Totals totals() const;
    /// And those of the further counters.
    Sums sums() const;
    TableCounters counters() const;
    /// Channels with rekeys, sorted by SCI.
    std::vector<RekeyTotals> rekeys() const;

    /// Where no run is live: packets that came after a pause which would make their SA silent, if
    /// nothing replaced it meanwhile (figures/silences.hpp); EventKind::resumed, a: nanoseconds of
    /// quiet that were enough. The first kMaxPauses.
    std::span<const Event> pauses() const;

    /// TCP and UDP 5-tuples; nullptr unless asked for.
    const TransportFlows* transport() const;

    /// Rows are numbered 0 .. row_limit()-1; some numbers are free.
    std::size_t row_limit() const;
    bool row_used(std::size_t row) const;
    /// Packet times of the packets of a used row that arrived first and last.
    TimeNs first_time(std::size_t row) const;
    TimeNs last_time(std::size_t row) const;
    wire::SaIdentity identity(std::size_t row) const;
    /// SaSummary::source of a used row.
    wire::SaIdentity source(std::size_t row) const;
    /// The summary of a used row, as if the input ended here.
    void summarize(std::size_t row, SaSummary& out) const;

    /// Sums while the table is in use (flow/tracker/table_sums.hpp): begin_table_sums(), then
    /// continue_table_sums() until it returns true. One call looks at up to `effort` rows, fewer
    /// where they have records.
    /// `quiet`: rows that have sent nothing for long by then are told to be silent.
    void begin_table_sums(const Quiet& quiet = {});
    bool continue_table_sums(std::size_t effort);
    /// The table_sums that ended last, until the next begins.
    const TableSums& table_sums() const;
    /// The row that holds `id` now; `hash` is its wire::identity_hash() under the run's key.
    std::optional<std::size_t> find(const wire::SaIdentity& id, std::uint32_t hash) const;
    /// Runs of missing numbers of a used row that late packets can still fill, lowest first; also
    /// one that has left the memory in part. Returns how many there are, fills what fits.
    std::size_t open_runs(std::size_t row, std::span<OpenRun> out) const;
    /// Events of the last while, TrackerConfig::recent_events of them at most.
    RecentEvents recent() const;
    /// Most events recent() can hold. Any thread.
    std::size_t recent_room() const;

private:
    friend class LiveRows;
    struct Impl;
    explicit Tracker(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lacuna::flow
