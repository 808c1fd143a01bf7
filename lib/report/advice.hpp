// What the figures of a run mean.
#pragma once

#include "report/page.hpp"
#include "report/report.hpp"

#include <optional>

namespace lacuna::report {

/// What only a walk over the rows tells.
struct Overview {
    TimeNs first_time = 0; ///< of the earliest packet of a row held at the end
    TimeNs last_time = 0;
    bool timed = false;         ///< there is a row, and none has left: the two times are the run's
    std::uint64_t warnings = 0; ///< rows past kExhaustionWarning
    std::optional<double> soonest_s; ///< until the first of them has no number left
};

Overview overview(const Report& report, const ViewOptions& options);

/// A sentence for each thing there is to say.
void add_advice(Page& page, const Report& report, const Overview& overview);

} // namespace lacuna::report
