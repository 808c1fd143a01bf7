// How a stage waits for work: first awake, then by yielding, then asleep.
#pragma once

#include "base/cpu.hpp"

#include <cstdint>

namespace lacuna {

/// Waits a little longer each time nothing was found. Stages may share a CPU: one that has nothing
/// to do leaves it to the others within microseconds, and an idle probe burns none. The longest
/// sleep is bounded, because what wakes a stage is only its own next look.
///
/// One owner, no sharing.
class Backoff {
public:
    /// Call when there was work.
    void reset() { tries_ = 0; }

    /// Call when there was none; returns after a pause.
    void wait() {
        if (tries_ < kPauses) {
            ++tries_;
            cpu_pause();
        } else {
            rest();
        }
    }

    /// For all waits of the process: none sleeps longer than `ns`; 0: none yields or sleeps at all
    /// (for CPUs that have nothing else to do). Set before lcores run. A live source must be looked
    /// at before its rings are full, which a replay's never are.
    static void limit(std::uint32_t ns) { longest_nap_ns = ns; }

private:
    /// Yields, then sleeps. Out of line, so that the loops themselves make no system call.
    void rest();

    static constexpr std::uint32_t kPauses = 64;
    inline static std::uint32_t longest_nap_ns = 500'000;

    std::uint32_t tries_ = 0;
};

/// Sleeps for `ns` (less than a second), exact to about a microsecond on a thread that called
/// fine_timer().
void nap(std::uint32_t ns);

/// Asks the kernel not to stretch this thread's sleeps by the usual 50 microseconds.
void fine_timer();

} // namespace lacuna
