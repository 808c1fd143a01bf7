// What a store holds: runs, summaries, events and time series.
#pragma once

#include "base/result.hpp"
#include "flow/gap_fold.hpp"
#include "store/read/series.hpp"
#include "store/read/span.hpp"
#include "store/records/records.hpp"

#include <functional>
#include <memory>
#include <span>

namespace lacuna::store {

struct ReaderImpl;

/// What a listing of gaps rests on.
struct GapWalk {
    std::uint64_t events = 0; ///< looked at
    /// False: events are missing. Records of the run could not be stored, or were removed since as
    /// too old, or there were more events than might be looked at.
    bool complete = true;
};

/// Where a listing goes on behind this gap.
std::string gap_cursor(RunId run, const flow::Gap& gap);

/// Reads a store, also while another process writes it, and never makes that one wait. Its const
/// members may be called by any number of threads at a time; each call sees the store as it was
/// when the call began or later.
///
/// Listings hand their records to `fn`, which returns false to stop; memory stays constant. Where
/// they take a cursor, it says where to go on: empty, from the beginning; afterwards it is that of
/// the last record handed out, or empty again if there are no more. It is a key, that is octets.
/// One that belongs to another listing is refused (exit 2).
class StoreReader {
public:
    enum class Mode {
        still,  ///< the store as it was when opened
        follow, ///< catch_up() takes in what was written since
    };

    /// Errors (exit 2): no such store, newer format.
    static Result<std::unique_ptr<StoreReader>> open(const std::string& dir,
                                                     Mode mode = Mode::still);
    ~StoreReader();

    /// Takes in what its writer has stored since the last call. Any thread, one at a time. Errors
    /// (exit 1): the store cannot be followed any more, open it again.
    Status catch_up();

    /// The newest log was damaged when the store was opened, which a reader that follows refuses:
    /// what was written behind that place is lost, of the latest run at least, and that run may
    /// seem open.
    bool log_damaged() const;

    /// All runs, oldest first. A damaged record is an error (exit 2).
    Result<std::vector<RunRecord>> runs() const;
    /// One run; nothing if there is none.
    Result<std::optional<RunRecord>> run(RunId id) const;
    Result<std::optional<RunRecord>> latest_run() const;

    /// The identities rows of the run are stored under that `name` stands for: the plain id of an
    /// identity for all its counters, the first one first; the name of one counter, with its
    /// source, for that one. Where none is known: `name` alone.
    Result<std::vector<wire::SaIdentity>> named(RunId run, const wire::SaIdentity& name) const;

    /// The latest summary of each row of the run, or of one SA of it, by identity and row.
    Status each_summary(RunId run, const wire::SaIdentity* only,
                        const std::function<bool(const flow::SaSummary&)>& fn,
                        std::string* cursor = nullptr) const;
    /// How many each_summary() would hand out. Walks their keys.
    Result<std::uint64_t> count_summaries(RunId run) const;

    /// Events of the run, or of one SA of it, by identity and row, and then as they happened.
    Status each_event(RunId run, const wire::SaIdentity* only,
                      const std::function<bool(const flow::Event&)>& fn,
                      std::string* cursor = nullptr) const;

    /// Whether the store holds all events of the run; see GapWalk::complete.
    Result<bool> has_all_events(RunId run) const;

    /// Gaps of the run, or of one SA of it, by identity, row, instance and number: what its events
    /// leave. Begins behind the gap `after` is the gap_cursor() of, at the cost of what lies behind
    /// it; reads no farther than the gaps it hands out need, some 65,536 numbers of the SA; looks
    /// at no more than `most` events. Memory: see flow::GapFold.
    Result<GapWalk> each_gap(RunId run, const wire::SaIdentity* only,
                             const std::function<bool(const flow::Gap&)>& fn,
                             std::string_view after = {}, std::uint64_t most = UINT64_MAX) const;

    /// Late packets of since <= time < until, of the run or of one SA of it, by identity and time:
    /// those that were told (flow::LateRate), less those taken back. Event::b and aux as of
    /// EventKind::late.
    Status each_late(RunId run, const wire::SaIdentity* only, TimeNs since, TimeNs until,
                     const std::function<bool(const flow::Event&)>& fn,
                     std::string* cursor = nullptr) const;

    /// Stamps of the run, by identity, first time of the row, instance and number. None where none
    /// were asked for.
    Status each_stamp(RunId run, const std::function<bool(const flow::Event&)>& fn) const;

    /// Notable events (store/notable.hpp) of since <= time < until, by time.
    Status each_notable(RunId run, TimeNs since, TimeNs until,
                        const std::function<bool(const flow::Event&)>& fn,
                        std::string* cursor = nullptr) const;

    /// Points of an SA's time series whose intervals end after `since` and begin before `until`, by
    /// time; intervals without packets have none. The last one may still grow. Go on with the end
    /// of the last point as `since`. Errors (exit 2): no such run, or one without time series.
    Status each_timeline(RunId run, const wire::SaIdentity& id, Level level, TimeNs since,
                         TimeNs until, const std::function<bool(const Point&)>& fn) const;

    /// The same of all SAs of a run together, by time, for the whole of it. Walks every sample:
    /// a second or two for a million SAs.
    Status each_run_point(RunId run, Level level,
                          const std::function<bool(const Point&)>& fn) const;

    /// SAs with packets in a span of time, by identity, each once: what those packets added. `only`
    /// empty: all. A sum below zero (late packets filled holes of the time before) is shown as 0.
    Result<SpanAnswer> each_in_span(const SpanQuestion& question,
                                    std::span<const wire::SaIdentity> only,
                                    const std::function<bool(const flow::SaSummary&)>& fn) const;

    /// Octets of the files the store consists of, about.
    std::uint64_t size() const;

private:
    friend class StoreRows; // store/read/rows.hpp
    friend class StoreLog;  // store/read/log.hpp
    explicit StoreReader(std::unique_ptr<ReaderImpl> impl);
    std::unique_ptr<ReaderImpl> impl_;
};

} // namespace lacuna::store
