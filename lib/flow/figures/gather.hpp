// The one way to fill the figures of a run: ask its workers.
#pragma once

#include "base/result.hpp"
#include "flow/figures/run_figures.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/request_slot.hpp"

#include <chrono>
#include <vector>

namespace lacuna::flow {

/// The workers of a run as anybody may ask them, while it lives and after.
struct Workers {
    std::vector<RequestSlot*> request_slots; ///< of all trackers
    std::vector<const LcoreCounters*> lcores;
};

struct GatherOptions {
    std::chrono::milliseconds timeout{2000}; ///< for all workers together
    bool esn = false;                        ///< IPsec numbers are 64 bit
    bool xpn = false;                        ///< MACsec packet numbers are 64 bit
    Quiet quiet = {};                        ///< of a live run, see Tracker::begin_table_sums()
    std::size_t worst = 0;                   ///< rows in RunFigures::worst, at most kWorstRows
};

/// The figures of a run so far: of a run whose workers have ended, all but what RunFigures::end()
/// adds. What the probe lost before the workers is not known here: RunFigures::set_lost(). Any
/// thread. Errors (exit 1): a worker did not answer in time.
Result<RunFigures> gather(const Workers& workers, const GatherOptions& options);

} // namespace lacuna::flow
