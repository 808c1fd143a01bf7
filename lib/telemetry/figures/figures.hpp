// What a running probe can say beside the figures of its run, as plain values.
#pragma once

#include "flow/figures/run_figures.hpp"
#include "flow/gap_fold.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/tracker.hpp"

#include <vector>

namespace lacuna::telemetry {

/// What one lcore of the data path did since the run began.
struct LcoreFigures {
    std::uint32_t lcore = 0;
    flow::Stage stage = flow::Stage::rtc;
    std::uint64_t frames = 0; ///< rx, parse, rtc: frames; work: observations
    std::uint64_t bursts = 0;
    std::uint64_t busy_polls = 0;
    std::uint64_t idle_polls = 0;
    std::uint64_t full_waits = 0;   ///< waits because the next stage's ring was full
    std::uint64_t credit_waits = 0; ///< waits because too many packet buffers were on their way
    std::uint64_t store_waits = 0;  ///< waits because the store had no room
    double busy_s = 0;
    double idle_s = 0;
    double busy_ratio = 0; ///< 0 - 1, since it was asked before, a second at least
};

/// A ring between two lcores.
struct RingFigures {
    std::uint32_t from = 0; ///< lcore that writes it
    std::uint32_t to = 0;   ///< lcore that reads it
    std::uint64_t used = 0; ///< elements
    std::uint64_t capacity = 0;
};

/// The ports of a live run.
struct PortsFigures {
    std::vector<flow::PortFigures> each;
    /// Frames lost on the way without a counter that tells where; known at the end only.
    std::uint64_t unaccounted = 0;
    TimeNs now = 0; ///< their clock, a moment ago; 0: not known
};

/// One row of the flow table with what is missing of it.
struct Holes {
    flow::SaSummary sa;
    std::vector<flow::OpenRun> open; ///< late packets can still fill these; the lowest kMaxOpenRuns
    std::uint64_t open_count = 0;
    std::vector<flow::GapRun> latest; ///< what the events remembered tell, by instance and number
    bool older_forgotten = false;     ///< there were earlier events
};

/// Rows of the flow table, in the order of their numbers.
struct FlowPage {
    std::vector<flow::SaSummary> flows;
    std::uint64_t next = 0;  ///< cursor of what follows
    bool more = false;       ///< something may follow
    std::uint64_t total = 0; ///< SAs held
};

} // namespace lacuna::telemetry
