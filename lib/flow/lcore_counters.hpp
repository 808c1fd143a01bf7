// What each lcore did; one writer each, on cache lines of its own.
#pragma once

#include "base/busy_clock.hpp"
#include "base/types.hpp"
#include "wire/frame_counts.hpp"

#include <atomic>
#include <cstdint>

namespace lacuna::flow {

/// A count with one writer. Any thread may read it at any time.
class SharedCount {
public:
    void set(std::uint64_t n) { v_.store(n, std::memory_order_relaxed); }
    void add(std::uint64_t n) {
        v_.store(v_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    /// As add(), and what the writer did before is visible to whoever reads it by get_acquire().
    void add_release(std::uint64_t n) {
        v_.store(v_.load(std::memory_order_relaxed) + n, std::memory_order_release);
    }
    std::uint64_t get() const { return v_.load(std::memory_order_relaxed); }
    std::uint64_t get_acquire() const { return v_.load(std::memory_order_acquire); }

private:
    std::atomic<std::uint64_t> v_{0};
};

enum class Stage : std::uint8_t { rx, parse, work, rtc };

/// "rx", "parse", "work" or "rtc".
constexpr const char* stage_name(Stage s) {
    constexpr const char* names[] = {"rx", "parse", "work", "rtc"};
    return names[static_cast<std::size_t>(s)];
}

/// Written by the lcore it belongs to, read by the main thread for progress and reports.
struct alignas(kCacheLine) LcoreCounters {
    SharedCount frames;       ///< rx, parse, rtc: frames; work: observations
    SharedCount bursts;       ///< that carried something
    SharedCount busy_polls;   ///< looks for work that found some
    SharedCount idle_polls;   ///< looks that found none
    SharedCount full_waits;   ///< waits because the next stage's ring was full
    SharedCount credit_waits; ///< rx: waits because too many packet buffers were on their way
    SharedCount store_waits;  ///< work: waits because the store had no room
    SharedCount classes[wire::kFrameClasses]; ///< parse, rtc: frames by class
    SharedCount bytes;                        ///< parse, rtc: of all frames
    BusyClock clock;
    std::uint32_t lcore = 0; ///< set before launch
    Stage stage = Stage::rtc;

    /// Shows what a decoder has counted.
    void show(const wire::FrameCounts& frames_seen) {
        for (std::size_t i = 0; i < wire::kFrameClasses; ++i)
            classes[i].set(frames_seen.cls[i]);
        bytes.set(frames_seen.bytes);
    }
};

} // namespace lacuna::flow
