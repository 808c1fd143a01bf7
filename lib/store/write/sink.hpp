// Where the store thread puts what workers hand it: the seam between tracking and storing.
#pragma once

#include "base/result.hpp"
#include "flow/sample.hpp"
#include "store/records/records.hpp"

#include <span>

namespace lacuna::store {

/// Takes records of one run. Called by one thread at a time.
class Sink {
public:
    virtual ~Sink() = default;
    /// Events in the order they happened; all of them or none are kept.
    virtual Status put_events(std::span<const flow::Event> events) = 0;
    /// A summary supersedes an earlier one of the same row.
    virtual Status put_summaries(std::span<const flow::SaSummary> summaries) = 0;
    /// Points of time series; nobody needs them but a store.
    virtual Status put_samples(std::span<const flow::Sample> samples) {
        (void)samples;
        return {};
    }
};

/// The in-memory twin: keeps at most `max_events` events, so that listings need no store.
class MemorySink : public Sink {
public:
    explicit MemorySink(std::size_t max_events) : max_events_(max_events) {}

    Status put_events(std::span<const flow::Event> events) override;
    Status put_summaries(std::span<const flow::SaSummary> summaries) override;

    std::vector<flow::Event> events;
    std::vector<flow::SaSummary> summaries; ///< every one that was put, superseded ones included
    bool cut = false;                       ///< the bound on events was reached

private:
    std::size_t max_events_;
};

} // namespace lacuna::store
