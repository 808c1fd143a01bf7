// How much of its time an lcore spends on packets.
#pragma once

#include "base/cpu.hpp"

#include <atomic>
#include <cstdint>

namespace lacuna {

/// Reads the time-stamp counter only where work gives way to waiting and back, so a loop that finds
/// work every time pays one test per burst. One writer; any thread may read.
class BusyClock {
public:
    /// Cycles of the time-stamp counter.
    struct Times {
        std::uint64_t busy = 0;
        std::uint64_t idle = 0;
    };

    /// Writer: the loop begins.
    void begin() {
        const std::uint64_t now = cpu_ticks();
        publish(0, now, now, kWorking);
        idle_ = 0;
        begin_ = mark_ = now;
        resting_ = false;
    }
    /// Writer: there was nothing to do, or no room for what was done.
    void rest() {
        if (!resting_) [[unlikely]]
            turn(true);
    }
    /// Writer: there was something to do.
    void work() {
        if (resting_) [[unlikely]]
            turn(false);
    }
    /// Writer: the loop has ended.
    void end() {
        turn(true);
        publish(idle_, begin_, mark_, kEnded);
    }

    /// Since begin(); both zero before it. Any thread.
    Times read() const {
        for (int tries = 0; tries < 100; ++tries) {
            const std::uint64_t version = version_.load(std::memory_order_acquire);
            const std::uint64_t idle = shown_idle_.load(std::memory_order_acquire);
            const std::uint64_t begin = shown_begin_.load(std::memory_order_acquire);
            const std::uint64_t mark = shown_mark_.load(std::memory_order_acquire);
            const std::uint64_t state = shown_state_.load(std::memory_order_acquire);
            if (version % 2 != 0 || version_.load(std::memory_order_relaxed) != version) continue;
            if (state == kNotBegun) break;
            const std::uint64_t now = state == kEnded ? mark : cpu_ticks();
            if (now < mark) continue; // the counters of two CPUs differ a little
            const std::uint64_t rest = idle + (state == kResting ? now - mark : 0);
            return {now - begin - rest, rest};
        }
        return {};
    }

private:
    static constexpr std::uint64_t kNotBegun = 0;
    static constexpr std::uint64_t kWorking = 1;
    static constexpr std::uint64_t kResting = 2;
    static constexpr std::uint64_t kEnded = 3;

    void turn(bool resting) {
        const std::uint64_t now = cpu_ticks();
        if (resting_) idle_ += now - mark_;
        mark_ = now;
        resting_ = resting;
        publish(idle_, begin_, mark_, resting ? kResting : kWorking);
    }
    /// A sequence lock: the version is odd while the rest is being written.
    void publish(std::uint64_t idle, std::uint64_t begin, std::uint64_t mark, std::uint64_t state) {
        const std::uint64_t version = version_.load(std::memory_order_relaxed);
        version_.store(version + 1, std::memory_order_relaxed);
        shown_idle_.store(idle, std::memory_order_release);
        shown_begin_.store(begin, std::memory_order_release);
        shown_mark_.store(mark, std::memory_order_release);
        shown_state_.store(state, std::memory_order_release);
        version_.store(version + 2, std::memory_order_release);
    }

    bool resting_ = false;
    std::uint64_t begin_ = 0;
    std::uint64_t mark_ = 0; ///< of the last turn
    std::uint64_t idle_ = 0; ///< before the last turn
    std::atomic<std::uint64_t> version_{0};
    std::atomic<std::uint64_t> shown_idle_{0};
    std::atomic<std::uint64_t> shown_begin_{0};
    std::atomic<std::uint64_t> shown_mark_{0};
    std::atomic<std::uint64_t> shown_state_{kNotBegun};
};

} // namespace lacuna
