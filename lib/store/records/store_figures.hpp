// How a store stands.
#pragma once

#include <cstdint>

namespace lacuna::store {

/// A store that is written, or one that is read.
struct StoreFigures {
    bool written = true;          ///< by this process; else the last three are not known
    std::uint64_t bytes = 0;      ///< on disk, about
    std::uint64_t not_stored = 0; ///< records lost on the way to the store, or refused by it
    std::uint64_t stored = 0;     ///< events, samples and summaries written by this run
    double lag_s = 0;             ///< how old the oldest thing is that still waits to be stored
    bool failing = false;         ///< the last attempt to write failed
};

} // namespace lacuna::store
