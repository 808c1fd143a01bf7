// The time it is.
#pragma once

#include "base/types.hpp"

#include <chrono>

namespace lacuna {

/// Nanoseconds since the Unix epoch. Any thread.
inline TimeNs wall_clock() {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace lacuna
