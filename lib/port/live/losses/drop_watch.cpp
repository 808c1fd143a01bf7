// Loss must be known before the packets behind it are judged, or it would be called the network's.
// Holding packets back until the counters have been read would do, at the price of delay and
// memory. It is not necessary: a queue drops only when its ring is full. The packet behind a drop
// therefore lies behind a whole ring of packets, and RX sees no empty ring between the two. So it
// is enough to look whenever three quarters of a ring were taken without the ring running empty;
// then a look always falls between a drop and the first packet behind it. Under a light load, when
// a drop cannot happen, that costs nothing.
//
// Where packets are stamped when they are received, those in the ring before a drop and those
// behind it get times after the look. So until some rings of packets were taken, the time of every
// burst belongs to the span of the drop. Once the ring ran empty only a few remain: those a driver
// or the kernel had accepted before the drop, but not yet shown to the reader.
//
// Ten milliseconds are the limit for losses of other kinds (frames longer than a buffer, a NIC that
// tells late). A look that is slow (registers of a NIC) is bought only for a twentieth of the time;
// in an overload a loss may then be told up to that much later. What a look costs is what the cheap
// ones cost: one during which the thread lost its CPU must not keep it from looking afterwards.
#include "port/live/losses/drop_watch.hpp"

#include "pipeline/dpdk_compat.hpp"

namespace lacuna::port {

DropWatch::DropWatch(std::uint16_t port, KernelSide* kernel, bool errors_hold_damage)
    : port_(port), kernel_(kernel), errors_hold_damage_(errors_hold_damage), names_(port) {
    if (kernel_ != nullptr) carrier_losses_ = kernel_->link_losses();
    rte_eth_stats stats{};
    if (rte_eth_stats_get(port_, &stats) != 0) return;
    base_missed_ = stats.imissed;
    base_nombuf_ = stats.rx_nombuf;
    base_errors_ = stats.ierrors;
}

OwnLoss own_loss(const LossTold& told) {
    OwnLoss own;
    // What nobody calls damage may be the probe's, and the probe's loss is never sold as the
    // network's.
    const std::uint64_t damage = told.errors_hold_damage ? told.damaged : 0;
    own.refused = std::max(told.errors - std::min(told.errors, damage), told.refused);
    // The names mostly repeat what imissed and rx_nombuf count.
    const std::uint64_t basic = told.missed + told.nombuf;
    own.missed = told.missed + own.refused + (told.full - std::min(told.full, basic));
    return own;
}

/// A link that went and came between two looks shows in the count the kernel keeps; a device that
/// has none is asked often enough for any link that has to train.
void DropWatch::look_at_link() {
    bool up = true;
    std::uint64_t losses = carrier_losses_;
    if (kernel_ != nullptr) {
        up = kernel_->link_up();
        losses = kernel_->link_losses();
    } else {
        rte_eth_link link{};
        up = rte_eth_link_get_nowait(port_, &link) != 0 || link.link_status == RTE_ETH_LINK_UP;
    }
    if ((link_ && !up) || losses > carrier_losses_)
        link_losses_.fetch_add(1, std::memory_order_release);
    link_ = up;
    carrier_losses_ = std::max(carrier_losses_, losses);
}

std::uint64_t look_cost(std::uint64_t before, std::uint64_t took) {
    if (before == 0 || took < before) return took;
    return before + std::min(took - before, before / 8 + 1);
}

void DropWatch::look(bool thorough) {
    look(thorough, false);
}

void DropWatch::look_by_name() {
    look(true, true);
}

namespace {

/// Drivers that sum over queues may be a moment behind themselves; never count down.
bool raise(std::atomic<std::uint64_t>& counter, std::uint64_t to) {
    if (to <= counter.load(std::memory_order_relaxed)) return false;
    counter.store(to, std::memory_order_relaxed);
    return true;
}

} // namespace

void DropWatch::look(bool thorough, bool by_name) {
    if (busy_.test_and_set(std::memory_order_acquire)) return;
    const std::uint64_t start = rte_rdtsc();
    look_at_link();
    rte_eth_stats stats{};
    if (rte_eth_stats_get(port_, &stats) == 0) {
        LossTold told;
        told.errors_hold_damage = errors_hold_damage_;
        told.missed =
            stats.imissed - base_missed_ + (kernel_ != nullptr ? kernel_->missed(thorough) : 0);
        told.nombuf = stats.rx_nombuf - base_nombuf_;
        told.errors = stats.ierrors - base_errors_;
        if (by_name || told.errors != errors_) names_.read();
        errors_ = told.errors;
        told.full = names_.most(Loss::full);
        told.refused = names_.sum(Loss::refused);
        told.damaged = names_.sum(Loss::damaged);
        const OwnLoss own = own_loss(told);
        if (raise(refused_, own.refused))
            refusing_until_.store(start + rte_get_tsc_hz(), std::memory_order_relaxed);
        raise(missed_, own.missed);
        raise(nombuf_, told.nombuf);
    }
    if (!by_name)
        cost_.store(look_cost(cost_.load(std::memory_order_relaxed), rte_rdtsc() - start),
                    std::memory_order_relaxed);
    busy_.clear(std::memory_order_release);
}

NamedCounts DropWatch::named(bool own) const {
    NamedCounts out = names_.named(own);
    if (!own) return out;
    const std::uint64_t told = names_.sum(Loss::refused);
    const std::uint64_t all = refused();
    if (all > told) out.emplace_back("rx_errors", all - told);
    return out;
}

std::uint64_t DropWatch::claim() {
    const std::uint64_t now = total();
    std::uint64_t before = claimed_.load(std::memory_order_relaxed);
    while (before < now
           && !claimed_.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
    }
    return before < now ? now - before : 0;
}

QueueWatch::QueueWatch(DropWatch& port, std::uint32_t ring, bool honest)
    : port_(&port), ring_(ring), honest_(honest),
      enough_(std::max<std::uint64_t>(1, ring * 3ull / 4)), period_(rte_get_tsc_hz() / 100) {}

bool QueueWatch::look(std::uint64_t tsc, TimeNs now, pipeline::Drops& drops) {
    constexpr std::uint64_t kShare = 20;
    const bool crowded = since_empty_ >= enough_;
    const bool soon = tsc < next_ && tsc + period_ < next_ + port_->cost() * kShare;
    if ((!crowded || soon) && tsc < next_) {
        drops = {now, now, 0};
        return behind_ != 0;
    }
    port_->look(!crowded);
    since_empty_ = crowded ? 0 : since_empty_;
    next_ = tsc + period_;
    return tell(now, drops);
}

bool QueueWatch::recheck_now(std::uint64_t tsc, TimeNs now, pipeline::Drops& drops) {
    // At most half of the time goes into looks.
    if (tsc - rechecked_ < 2 * port_->cost()) {
        drops = {now, now, 0};
        return behind_ != 0;
    }
    rechecked_ = tsc;
    port_->look(false);
    return tell(now, drops);
}

bool QueueWatch::tell(TimeNs now, pipeline::Drops& drops) {
    constexpr std::uint64_t kAmple = 4; // rings hold a little more than they are said to
    const std::uint64_t total = port_->total();
    drops = {last_ == 0 ? now : last_, now, 0};
    if (total != seen_) {
        drops.frames = port_->claim();
        behind_ = ring_ * kAmple;
    }
    seen_ = total;
    last_ = now;
    return behind_ != 0;
}

} // namespace lacuna::port
