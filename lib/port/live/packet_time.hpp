// Packet times of live ports.
#pragma once

#include "base/types.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace lacuna::port {

/// The wall clock at start, carried on by the monotonic clock: when the host's clock is set while
/// lacuna runs, no packet becomes older and no SA idle by it. Nanoseconds since 1970. Reading it is
/// no system call. Any thread.
class HostClock {
public:
    HostClock() : offset_(read(CLOCK_REALTIME) - read(CLOCK_MONOTONIC)) {}
    TimeNs now() const { return offset_ + read(CLOCK_MONOTONIC); }

private:
    static TimeNs read(clockid_t id) {
        timespec t{};
        clock_gettime(id, &t);
        return t.tv_sec * TimeNs{1'000'000'000} + t.tv_nsec;
    }
    TimeNs offset_;
};

/// A NIC's own clock told in host time. It learns how fast the NIC's clock goes from pairs of
/// readings, and bends instead of jumping, so that its times never go back. One owner.
class NicClock {
public:
    /// Two readings of both clocks, at least some tens of milliseconds apart.
    NicClock(std::uint64_t ticks0, TimeNs host0, std::uint64_t ticks1, TimeNs host1)
        : ticks_(ticks1), host_(host1), true_ticks_(ticks1), true_host_(host1),
          ns_per_tick_(static_cast<double>(host1 - host0)
                       / static_cast<double>(std::max<std::uint64_t>(1, ticks1 - ticks0))) {}

    /// The host time of a NIC time stamp.
    TimeNs host(std::uint64_t ticks) const {
        const auto since = static_cast<double>(static_cast<std::int64_t>(ticks - ticks_));
        return host_ + static_cast<TimeNs>(since * ns_per_tick_);
    }

    /// A further pair of readings, about once a second: from here on the error is worked off within
    /// as long again.
    void learn(std::uint64_t ticks, TimeNs host_now) {
        const auto passed = static_cast<double>(ticks - true_ticks_);
        if (passed <= 0) return;
        const auto took = static_cast<double>(host_now - true_host_);
        const TimeNs told = host(ticks);
        const auto behind = static_cast<double>(host_now - told);
        const double rate = took / passed;
        ns_per_tick_ = rate + std::clamp(behind / passed, -rate / 2, rate / 2);
        ticks_ = ticks;
        host_ = told;
        true_ticks_ = ticks;
        true_host_ = host_now;
    }

private:
    std::uint64_t ticks_; ///< from here the present rate holds
    TimeNs host_;
    std::uint64_t true_ticks_; ///< the last pair of readings
    TimeNs true_host_;
    double ns_per_tick_;
};

} // namespace lacuna::port
