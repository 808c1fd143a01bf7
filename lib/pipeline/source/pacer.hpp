// When the frames of a replay may go: at once, at a fixed rate, or as they were captured.
#pragma once

#include "base/types.hpp"
#include "pipeline/dpdk_compat.hpp"

#include <atomic>
#include <cstdint>

namespace lacuna::pipeline {

/// `--mode` of a replay. The packets keep their capture times whatever the pace.
struct Pace {
    enum class Kind : std::uint8_t {
        fast,    ///< no waiting
        fixed,   ///< `rate` packets per second
        capture, ///< distances of the capture divided by `rate`
    };
    Kind kind = Kind::fast;
    double rate = 1.0;
};

/// Lets everything pass.
class Unpaced {
public:
    template <typename Access>
    std::size_t due(const Access&, const typename Access::Element*, std::size_t n) {
        return n;
    }
    void rest(const std::atomic<bool>&) {}
};

/// Turns a time ahead into sleep. Part of both pacers below.
class PaceClock {
public:
    PaceClock() : hz_(static_cast<double>(rte_get_tsc_hz())) {}

    /// Seconds since the first call.
    double now() {
        const std::uint64_t t = rte_rdtsc();
        if (start_ == 0) start_ = t;
        return static_cast<double>(t - start_) / hz_;
    }

    /// Waits for about `seconds`, at most 50 ms at a time, less if `stop` is set: asleep where it
    /// is far, awake for the last microseconds.
    void rest(double seconds, const std::atomic<bool>& stop);

private:
    double hz_;
    std::uint64_t start_ = 0;
};

/// `rate` packets per second from the first one on.
class FixedPace {
public:
    explicit FixedPace(double rate) : rate_(rate) {}

    template <typename Access>
    std::size_t due(const Access&, const typename Access::Element*, std::size_t n) {
        const double now = clock_.now();
        const double allowed = now * rate_ + 1.0 - static_cast<double>(sent_);
        const std::size_t go = allowed < 1.0 ? 0
                               : allowed >= static_cast<double>(n)
                                   ? n
                                   : static_cast<std::size_t>(allowed);
        sent_ += go;
        ahead_ = static_cast<double>(sent_) / rate_ - now;
        return go;
    }
    void rest(const std::atomic<bool>& stop) { clock_.rest(ahead_, stop); }

private:
    PaceClock clock_;
    double rate_;
    double ahead_ = 0;
    std::uint64_t sent_ = 0;
};

/// Each packet as long after the first as it was captured after it, divided by `speed`. One whose
/// time steps backwards goes at once.
class CapturePace {
public:
    explicit CapturePace(double speed) : speed_(speed) {}

    template <typename Access>
    std::size_t due(const Access& access, const typename Access::Element* e, std::size_t n) {
        if (!begun_) {
            begun_ = true;
            first_ = access.time(e[0]);
        }
        const double now = clock_.now();
        std::size_t go = 0;
        for (; go < n; ++go) {
            const double at = static_cast<double>(access.time(e[go]) - first_) * 1e-9 / speed_;
            if (at > now) {
                ahead_ = at - now;
                break;
            }
        }
        return go;
    }
    void rest(const std::atomic<bool>& stop) { clock_.rest(ahead_, stop); }

private:
    PaceClock clock_;
    double speed_;
    double ahead_ = 0;
    TimeNs first_ = 0;
    bool begun_ = false;
};

} // namespace lacuna::pipeline
