// What happened in a span of packet time, over all runs of a store.
#pragma once

#include "flow/totals.hpp"
#include "store/records/records.hpp"

#include <limits>
#include <optional>
#include <vector>

namespace lacuna::store {

/// Packet times since <= t < until.
struct SpanQuestion {
    TimeNs since = std::numeric_limits<TimeNs>::min();
    TimeNs until = std::numeric_limits<TimeNs>::max();
    std::optional<RunId> run; ///< that one alone; else every run with packets in the span

    bool bounded() const {
        return since != std::numeric_limits<TimeNs>::min()
               || until != std::numeric_limits<TimeNs>::max();
    }
};

/// What the figures cover.
struct SpanAnswer {
    /// From the begin of the first interval of the time series to the end of the last one; where
    /// the span is open, from the first packet, or to the latest one. 0, 0: no run has packets in
    /// the span.
    TimeNs since = 0;
    TimeNs until = 0;
    std::vector<RunId> runs; ///< oldest first
    flow::Totals totals;     ///< over all SAs; `flows` counts an SA once
    /// Some SA goes on beyond the span. Then fields that are no sums of the time series are those
    /// of whole runs.
    bool partial = false;
    bool complete = true; ///< false: records of the span were not stored, or removed
};

} // namespace lacuna::store
