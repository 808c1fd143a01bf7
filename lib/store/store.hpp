// Runs, summaries and events in RocksDB.
#pragma once

#include "store/sink.hpp"

#include <functional>
#include <memory>

namespace lacuna::store {

/// Writes one run into a store. The only writer of its directory: RocksDB's lock sees to that.
/// Every batch goes through the write-ahead log, so that a killed process loses no record it was
/// told is stored; batches are kept whole or not at all. Used by one thread at a time.
class StoreWriter : public Sink {
public:
    /// Opens or makes the store in `dir` and begins a run (`run.id` is assigned). Errors: not a
    /// directory or not a store, written by another process, of a newer format (exit 2); a full or
    /// failing disk (exit 1).
    static Result<std::unique_ptr<StoreWriter>> open(const std::string& dir, RunRecord run);
    ~StoreWriter() override;

    Status put_events(std::span<const flow::Event> events) override;
    Status put_summaries(std::span<const flow::SaSummary> summaries) override;
    /// Replaces the run's record; its id stays.
    Status update_run(RunRecord run);
    /// update_run() with the state ended, then everything to disk.
    Status end_run(RunRecord run);
    RunId run() const;

private:
    struct Impl;
    explicit StoreWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Reads a store as it was when opened, also while another process writes it. One owner.
class StoreReader {
public:
    /// Errors (exit 2): no such store, newer format.
    static Result<std::unique_ptr<StoreReader>> open(const std::string& dir);
    ~StoreReader();

    /// All runs, oldest first. A damaged record is an error (exit 2).
    Result<std::vector<RunRecord>> runs() const;

    /// Calls `fn` for each summary (event) of the run, or of one SA of it, in key order: by
    /// identity, row, and for events as they happened. `fn` returns false to stop.
    Status each_summary(RunId run, const wire::SaIdentity* only,
                        const std::function<bool(const flow::SaSummary&)>& fn) const;
    Status each_event(RunId run, const wire::SaIdentity* only,
                      const std::function<bool(const flow::Event&)>& fn) const;

private:
    struct Impl;
    explicit StoreReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lacuna::store
