// Writes one run into a store.
#pragma once

#include "store/records/limits.hpp"
#include "store/write/sink.hpp"

#include <memory>

namespace lacuna::store {

/// A number that orders summaries nearly as their keys do. Any order is right for the writer; in
/// this one RocksDB finds the place of each beside the one before, which takes less time.
std::uint64_t key_order(const wire::SaIdentity& id);

/// The only writer of its directory: RocksDB's lock sees to that. Every batch goes through the
/// write-ahead log, so that a killed process loses no record it was told is stored; batches are
/// kept whole or not at all.
///
/// After the first failure nothing is written, until resume() has opened the store anew: RocksDB
/// must not be given more once its log could not be written.
///
/// Any thread may call it; pages come from one.
class StoreWriter : public Sink {
public:
    /// Opens or makes the store in `dir`, brings it to the present format and begins a run
    /// (`run.id` is assigned). Runs whose writer died are marked as such. Errors: not a directory
    /// or not a store, written by another process, of a newer format (exit 2); a full or failing
    /// disk (exit 1).
    static Result<std::unique_ptr<StoreWriter>> open(const std::string& dir, RunRecord run,
                                                     Limits limits = {});
    ~StoreWriter() override;

    /// Runs open() found unended and marked as crashed.
    const std::vector<RunRecord>& crashed() const;
    /// The log open() found was damaged; what had been written behind that place is lost.
    bool log_damaged() const;

    Status put_events(std::span<const flow::Event> events) override;
    /// Summaries of rows that have left the table, or of all once they change no more.
    Status put_summaries(std::span<const flow::SaSummary> summaries) override;
    Status put_samples(std::span<const flow::Sample> samples) override;

    /// Summaries of rows that are in use. begin_page() goes before a worker is asked for them: of a
    /// row that leaves the table meanwhile its last summary stays.
    void begin_page();
    Status put_page(std::span<const flow::SaSummary> summaries);

    /// Replaces the run's record; its id stays, `written` is now.
    Status update_run(RunRecord run);
    /// Begins to make tables of events and time series while the caller goes on: for the moment
    /// when no more of them come, and the last summaries are still to be put. Nothing where
    /// enforce() has limits to keep. A failure shows later.
    void prepare_end();
    /// update_run() with the state ended, then everything to disk.
    Status end_run(RunRecord run);
    RunId run() const;

    /// The first failure since the store was opened or resumed.
    Status state() const;
    /// Opens a store that failed anew, where there is room. Errors: it cannot be written yet.
    Status resume();

    /// Removes what lies beyond the limits, the oldest first: whole runs, then points and events of
    /// this run that are older than its latest packet by more, never its summaries. Reading and
    /// writing go on meanwhile. `now` is wall clock.
    Status enforce(TimeNs now);
    Removed removed() const;
    /// Records written since open().
    std::uint64_t stored() const;
    /// Octets the store takes on disk, about.
    std::uint64_t size() const;

private:
    struct Impl;
    explicit StoreWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lacuna::store
