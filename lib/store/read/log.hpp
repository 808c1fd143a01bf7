// A store's own log: what its writer stored since a moment, in the order it did.
#pragma once

#include "store/read/rows.hpp"

namespace lacuna::store {

/// Takes what the log tells. Each returns false to stop behind the batch it is in.
struct LogVisitor {
    std::function<bool(const RunRecord&)> run;
    std::function<bool(RunId, const flow::SaSummary&)> flow;
    std::function<bool(RunId, const NumberedEvent&)> event;
    std::function<bool(RunId, Level, const flow::Sample&)> sample;
};

/// Follows the log of a store another process may be writing. Places in it are numbers that grow;
/// they mean something in the store they come from only.
class StoreLog {
public:
    explicit StoreLog(const StoreReader& reader) : reader_(reader) {}

    /// The place behind all that the reader sees; what comes later lies behind it.
    std::uint64_t end() const;

    /// Hands out what lies behind `place` and moves it along, whole batches of the writer at a
    /// time. False: the log begins later, or is not readable from there on; then only a walk
    /// through all records tells what came. Errors: a damaged record (exit 2).
    Result<bool> read(std::uint64_t& place, const LogVisitor& visitor) const;

private:
    const StoreReader& reader_;
};

} // namespace lacuna::store
