// Times of a run that follow from its record.
#pragma once

#include "store/records/records.hpp"

#include <algorithm>

namespace lacuna::store {

/// Wall clock from its begin to its end, or to what was written last.
inline TimeNs duration_of(const RunRecord& run) {
    TimeNs duration = 0; // a damaged record may hold any times
    const bool known =
        !__builtin_sub_overflow(std::max(run.ended, run.written), run.started, &duration);
    return known ? std::max<TimeNs>(duration, 0) : 0;
}

} // namespace lacuna::store
