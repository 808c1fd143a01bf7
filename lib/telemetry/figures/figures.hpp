// What a running probe can say about itself at one moment, as plain values.
#pragma once

#include "flow/gap_fold.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/tracker.hpp"
#include "report/report.hpp"
#include "wire/frame_counts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lacuna::telemetry {

/// Sums over all trackers of a run. What only grows in a row only grows from one Sums to the next;
/// totals.lost, .lost_blind, .gaps and .max_gap may fall. After the run they equal its report.
struct Sums {
    TimeNs taken = 0;                                ///< wall clock
    std::uint64_t packets[wire::kFrameClasses] = {}; ///< frames by wire::FrameClass
    std::uint64_t dropped = 0;                       ///< frames the probe itself lost
    std::uint64_t bytes = 0;                         ///< of all frames but the dropped
    flow::Totals totals;
    std::uint64_t final_lost = 0; ///< the part of totals.lost no late packet takes from
    flow::TableCounters table;
    std::uint64_t lossy_rows = 0;         ///< SAs held that miss numbers
    std::uint64_t exhausting = 0;         ///< SAs held that near the end of their numbers
    std::optional<double> exhausted_in_s; ///< until the first of them does
    TimeNs earliest = 0;                  ///< packet time of the first SA; 0: none yet
    TimeNs latest = 0;                    ///< latest packet time; 0: none yet
    std::vector<flow::SaSummary> worst;   ///< SAs with most lost, in that order; bounded

    std::uint64_t offered() const {
        std::uint64_t n = dropped;
        for (const std::uint64_t c : packets)
            n += c;
        return n;
    }
    std::uint64_t of(wire::FrameClass c) const { return packets[static_cast<std::size_t>(c)]; }
};

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
    std::vector<report::PortFigures> each;
    /// Frames lost on the way without a counter that tells where; known at the end only.
    std::uint64_t unaccounted = 0;
};

/// The store of a run that has one, or that was read.
struct StoreFigures {
    bool written = true;          ///< by this process; else the last three are not known
    std::uint64_t bytes = 0;      ///< on disk
    std::uint64_t not_stored = 0; ///< lost on the way to the store, or refused by it
    std::uint64_t stored = 0;     ///< events and summaries written by this run
    double lag_s = 0;             ///< how old the oldest thing is that still waits to be stored
    bool failing = false;         ///< the last attempt to write failed
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
