// A store that is being opened while the run it shall keep has begun already.
#pragma once

#include "store/write/writer.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <string>

namespace lacuna::app {

/// Opening a store makes sure of several files on the disk, which takes longer than analysing a
/// small capture. A thread does it; whoever puts something waits until it is done. Any thread.
class PendingStore final : public store::Sink {
public:
    /// Begins to open the store in `dir` for `run`.
    PendingStore(std::string dir, store::RunRecord run, store::Limits limits);

    /// Waits until the store is open. Errors as StoreWriter::open().
    Status ready() const;
    /// Whether it could not be opened, as far as is known by now. Never waits.
    bool failed() const { return failed_.load(std::memory_order_relaxed); }
    /// After ready() has said yes.
    store::StoreWriter& writer() { return *writer_; }
    const std::string& dir() const { return dir_; }

    Status put_events(std::span<const flow::Event> events) override;
    Status put_summaries(std::span<const flow::SaSummary> summaries) override;
    Status put_samples(std::span<const flow::Sample> samples) override;

private:
    const std::string dir_;
    std::atomic<bool> failed_{false};
    std::unique_ptr<store::StoreWriter> writer_; ///< written by the thread that opens
    std::shared_future<Status> opening_;         ///< last: its end waits for that thread
};

} // namespace lacuna::app
