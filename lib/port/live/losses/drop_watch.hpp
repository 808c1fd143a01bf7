// What a port lost by itself, noticed in time. See drop_watch.cpp for why "in time" can be had.
#pragma once

#include "base/types.hpp"
#include "flow/lcore_counters.hpp"
#include "pipeline/drop_log.hpp"
#include "port/live/losses/kernel_side.hpp"
#include "port/live/losses/loss_counters.hpp"

#include <algorithm>
#include <atomic>

namespace lacuna::port {

/// What a port counted since it was opened, as its driver tells it.
struct LossTold {
    std::uint64_t missed = 0;  ///< imissed, and what the kernel tells
    std::uint64_t nombuf = 0;  ///< rx_nombuf
    std::uint64_t errors = 0;  ///< ierrors
    std::uint64_t full = 0;    ///< the highest counter that names want of room or buffers
    std::uint64_t refused = 0; ///< sum of those that name too long frames
    std::uint64_t damaged = 0; ///< sum of those that name broken frames
    bool errors_hold_damage = true;
};

/// The probe's own part of it, each frame once.
struct OwnLoss {
    std::uint64_t missed = 0;  ///< `refused` included, rx_nombuf not
    std::uint64_t refused = 0; ///< errors nobody calls damage: too long, or of a cause not told
};
OwnLoss own_loss(const LossTold& told);

/// What a look costs, from what was known `before` (0: nothing) and what the latest one took: falls
/// at once, rises slowly.
std::uint64_t look_cost(std::uint64_t before, std::uint64_t took);

/// One port's own losses since it was opened. Any lcore that receives from the port may look.
class DropWatch {
public:
    /// `port`: of DPDK, started. `kernel`: may be null; outlives the watch.
    /// `errors_hold_damage` as in DriverTraits.
    DropWatch(std::uint16_t port, KernelSide* kernel, bool errors_hold_damage = true);

    /// Reads the counters, unless another lcore is at it. A system call or slow registers: not for
    /// every burst.
    /// `thorough`: also what is slow to ask.
    void look(bool thorough);
    /// The same, and the driver's extended counters, which may be slower still: some times a
    /// second, not by a receiving lcore.
    void look_by_name();

    /// How often the link was seen to go; look() sees that. Any thread.
    std::uint64_t link_losses() const { return link_losses_.load(std::memory_order_acquire); }

    /// Losses seen elsewhere. Any thread.
    void add_missed(std::uint64_t frames) {
        elsewhere_.fetch_add(frames, std::memory_order_relaxed);
    }

    std::uint64_t missed() const {
        return missed_.load(std::memory_order_relaxed) + elsewhere_.load(std::memory_order_relaxed);
    }
    std::uint64_t nombuf() const { return nombuf_.load(std::memory_order_relaxed); }
    std::uint64_t total() const { return missed() + nombuf(); }
    /// Frames the NIC refused as too long or faulty, of those missed.
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
    /// Frames that came damaged: the network's loss, not among the others.
    std::uint64_t damaged() const { return names_.sum(Loss::damaged); }
    /// What the loss is called: by the driver where it tells, else `rx_errors`.
    NamedCounts named(bool own) const;
    /// Whether frames were refused lately: then a look belongs behind every burst.
    bool refusing(std::uint64_t tsc) const {
        return tsc < refusing_until_.load(std::memory_order_relaxed);
    }
    /// Losses nobody claimed yet: each is told to one receiving lcore, so that it counts once.
    std::uint64_t claim();
    /// Counter ticks a look takes; a bound for how often it pays.
    std::uint64_t cost() const { return cost_.load(std::memory_order_relaxed); }

private:
    void look(bool thorough, bool by_name);
    void look_at_link();

    std::uint16_t port_;
    KernelSide* kernel_;
    bool errors_hold_damage_;
    LossCounters names_;
    bool link_ = true;                 ///< as look() saw it last
    std::uint64_t carrier_losses_ = 0; ///< the kernel's count then
    std::atomic<std::uint64_t> link_losses_{0};
    std::uint64_t base_missed_ = 0;
    std::uint64_t base_nombuf_ = 0;
    std::uint64_t base_errors_ = 0;
    std::uint64_t errors_ = 0; ///< when the names were read
    std::atomic_flag busy_;
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> refusing_until_{0};
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

    /// After a burst was taken, before it is handed on: as check(), where the port has refused
    /// frames lately. Those leave no full ring, so only a look behind the burst sees them in time.
    bool recheck(std::uint64_t tsc, TimeNs now, pipeline::Drops& drops) {
        if (!port_->refusing(tsc)) [[likely]]
            return false;
        return recheck_now(tsc, now, drops);
    }
    std::uint64_t link_losses() const { return port_->link_losses(); }
    /// Looks at once, after a while without packets: the link may have gone and come meanwhile.
    void look_after_pause() { port_->look(false); }

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
    bool recheck_now(std::uint64_t tsc, TimeNs now, pipeline::Drops& drops);
    bool tell(TimeNs now, pipeline::Drops& drops);

    /// Frames accepted but not yet shown, at most: some batches of the kernel's (64 each).
    static constexpr std::uint64_t kUnseen = 256;

    DropWatch* port_;
    std::uint64_t ring_;
    bool honest_;
    std::uint64_t enough_;          ///< frames without an empty ring after which to look
    std::uint64_t since_empty_ = 0; ///< frames taken since the ring was empty, or since a look
    std::uint64_t behind_ = 0;      ///< a drop lies behind at most so many frames
    std::uint64_t next_ = 0;        ///< counter ticks: look at the latest then
    std::uint64_t rechecked_ = 0;   ///< counter ticks: when recheck() looked
    std::uint64_t period_;          ///< in counter ticks
    std::uint64_t seen_ = 0;        ///< of DropWatch::total()
    TimeNs last_ = 0;               ///< when the last look was
};

} // namespace lacuna::port
