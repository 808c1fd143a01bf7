// What a port lost by itself, noticed in time. See drop_watch.cpp for why "in time" can be had.
#pragma once

#include "base/types.hpp"
#include "flow/lcore_counters.hpp"
#include "pipeline/drop_log.hpp"
#include "port/live/kernel_side.hpp"

#include <algorithm>
#include <atomic>

namespace lacuna::port {

/// What a look costs, from what was known `before` (0: nothing) and what the latest one took: falls
/// at once, rises slowly.
std::uint64_t look_cost(std::uint64_t before, std::uint64_t took);

/// One port's own losses since it was opened. Any lcore that receives from the port may look.
class DropWatch {
public:
    /// `port`: of DPDK, started. `kernel`: may be null; outlives the watch.
    DropWatch(std::uint16_t port, KernelSide* kernel);

    /// Reads the counters, unless another lcore is at it. A system call or slow registers: not for
    /// every burst.
    /// `thorough`: also what is slow to ask.
    void look(bool thorough);

    /// Losses seen elsewhere. Any thread.
    void add_missed(std::uint64_t frames) {
        elsewhere_.fetch_add(frames, std::memory_order_relaxed);
    }

    std::uint64_t missed() const {
        return missed_.load(std::memory_order_relaxed) + elsewhere_.load(std::memory_order_relaxed);
    }
    std::uint64_t nombuf() const { return nombuf_.load(std::memory_order_relaxed); }
    std::uint64_t total() const { return missed() + nombuf(); }
    /// Losses nobody claimed yet: each is told to one receiving lcore, so that it counts once.
    std::uint64_t claim();
    /// Counter ticks a look takes; a bound for how often it pays.
    std::uint64_t cost() const { return cost_.load(std::memory_order_relaxed); }

private:
    std::uint16_t port_;
    KernelSide* kernel_;
    std::uint64_t base_missed_ = 0;
    std::uint64_t base_nombuf_ = 0;
    std::atomic_flag busy_;
    std::atomic<std::uint64_t> missed_{0};
    std::atomic<std::uint64_t> elsewhere_{0};
    std::atomic<std::uint64_t> nombuf_{0};
    std::atomic<std::uint64_t> claimed_{0};
    std::atomic<std::uint64_t> cost_{0};
};

/// A receiving lcore's view of one queue: when it must look, and what it has told already.
class QueueWatch {
public:
    /// `ring`: frames the queue holds before it drops. `honest`: an empty burst means that the ring
    /// is empty.
    QueueWatch(DropWatch& port, std::uint32_t ring, bool honest);

    /// Before a burst is taken, whose packets will be stamped `now`: looks at the port's counters
    /// if something may have been dropped ahead of it. True if loss the burst reveals may be the
    /// probe's; then `drops` says when, and how many frames are new.
    bool check(std::uint64_t tsc, TimeNs now, pipeline::Drops& drops) {
        if (since_empty_ < enough_ && tsc < next_ && behind_ == 0) [[likely]]
            return false;
        return look(tsc, now, drops);
    }

    /// After a burst of `n` frames was taken.
    void took(std::size_t n) {
        if (n == 0 && honest_) {
            since_empty_ = 0;
            behind_ = std::min(behind_, kUnseen);
        } else {
            since_empty_ += n;
            behind_ -= std::min<std::uint64_t>(behind_, n);
        }
    }

private:
    bool look(std::uint64_t tsc, TimeNs now, pipeline::Drops& drops);

    /// Frames accepted but not yet shown, at most: some batches of the kernel's (64 each).
    static constexpr std::uint64_t kUnseen = 256;

    DropWatch* port_;
    std::uint64_t ring_;
    bool honest_;
    std::uint64_t enough_;          ///< frames without an empty ring after which to look
    std::uint64_t since_empty_ = 0; ///< frames taken since the ring was empty, or since a look
    std::uint64_t behind_ = 0;      ///< a drop lies behind at most so many frames
    std::uint64_t next_ = 0;        ///< counter ticks: look at the latest then
    std::uint64_t period_;          ///< in counter ticks
    std::uint64_t seen_ = 0;        ///< of DropWatch::total()
    TimeNs last_ = 0;               ///< when the last look was
};

} // namespace lacuna::port
