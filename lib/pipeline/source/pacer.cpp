#include "pipeline/source/pacer.hpp"

#include "base/backoff.hpp"

#include <algorithm>

namespace lacuna::pipeline {

void PaceClock::rest(double seconds, const std::atomic<bool>& stop) {
    constexpr double kSpin = 20e-6;
    constexpr double kSlice = 50e-3;
    if (stop.load(std::memory_order_relaxed)) return;
    if (seconds > kSpin) {
        nap(static_cast<std::uint32_t>(std::min(seconds - kSpin, kSlice) * 1e9));
    } else {
        rte_pause();
    }
}

} // namespace lacuna::pipeline
