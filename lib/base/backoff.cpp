#include "base/backoff.hpp"

#include <algorithm>
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

namespace lacuna {

namespace {

constexpr std::uint32_t kYields = 4;
constexpr std::uint32_t kFirstNapNs = 10'000;
constexpr std::uint32_t kShortNapNs = 50'000; ///< longest while work was seen a moment ago
constexpr std::uint32_t kShortNaps = 100;     ///< about 5 ms of them, then longer ones

} // namespace

void Backoff::rest() {
    if (longest_nap_ns == 0) return cpu_pause();
    const std::uint32_t n = tries_ - kPauses;
    if (tries_ < kPauses + kYields + kShortNaps) ++tries_;
    if (n < kYields) {
        sched_yield();
    } else if (n < kYields + kShortNaps) {
        nap(std::min({longest_nap_ns, kShortNapNs, kFirstNapNs * (n - kYields + 1)}));
    } else {
        nap(longest_nap_ns);
    }
}

void nap(std::uint32_t ns) {
    const timespec t{0, static_cast<long>(ns)};
    nanosleep(&t, nullptr);
}

void fine_timer() {
    prctl(PR_SET_TIMERSLACK, 1000ul, 0ul, 0ul, 0ul);
}

} // namespace lacuna
