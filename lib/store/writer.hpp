// Writes one run into a store.
#pragma once

#include "store/sink.hpp"

#include <memory>

namespace lacuna::store {

/// The only writer of its directory: RocksDB's lock sees to that. Every batch goes through the
/// write-ahead log, so that a killed process loses no record it was told is stored; batches are
/// kept whole or not at all. Any thread may call it; events and samples come from one.
class StoreWriter : public Sink {
public:
    /// Opens or makes the store in `dir`, brings it to the present format and begins a run
    /// (`run.id` is assigned). Runs whose writer died are marked as such. Errors: not a directory
    /// or not a store, written by another process, of a newer format (exit 2); a full or failing
    /// disk (exit 1).
    static Result<std::unique_ptr<StoreWriter>> open(const std::string& dir, RunRecord run);
    ~StoreWriter() override;

    /// Runs open() found unended and marked as crashed.
    const std::vector<RunRecord>& crashed() const;

    Status put_events(std::span<const flow::Event> events) override;
    Status put_summaries(std::span<const flow::SaSummary> summaries) override;
    Status put_samples(std::span<const flow::Sample> samples) override;
    /// Replaces the run's record; its id stays, `written` is now.
    Status update_run(RunRecord run);
    /// update_run() with the state ended, then everything to disk.
    Status end_run(RunRecord run);
    RunId run() const;

private:
    struct Impl;
    explicit StoreWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lacuna::store
