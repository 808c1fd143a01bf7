// What the last run of a host left in its store, for the run that takes it up.
#pragma once

#include "flow/tracker.hpp"
#include "store/records/records.hpp"

#include <optional>

namespace lacuna::store {

/// Key of RunRecord::config that names the host of a run.
inline constexpr const char* kHostKey = "host";

struct Predecessor {
    RunId run = 0;
    TimeNs until = 0;                  ///< wall clock: nothing was stored of what came later
    std::vector<flow::LeftBehind> sas; ///< sorted, see flow::LeftBehind
};

/// The last live run before `run` that has the same host, with the SAs it held at its end that had
/// been seen within `idle` of `now` (0: all). An identity that showed several counters begins anew.
/// Nothing: there was none. Errors: those of StoreReader.
Result<std::optional<Predecessor>> find_predecessor(const std::string& dir, const RunRecord& run,
                                                    TimeNs idle, TimeNs now);

} // namespace lacuna::store
