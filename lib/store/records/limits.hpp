// How much a store may hold.
#pragma once

#include "base/types.hpp"

namespace lacuna::store {

struct Limits {
    TimeNs retain = 0;          ///< what is older is removed; 0: nothing is
    std::uint64_t max_size = 0; ///< octets on disk, about; 0: no bound

    bool any() const { return retain != 0 || max_size != 0; }
};

/// What was removed for them since the store was opened.
struct Removed {
    std::uint64_t runs = 0;
    std::uint64_t points = 0; ///< of time series of the run being written
    std::uint64_t events = 0; ///< of that run
};

} // namespace lacuna::store
