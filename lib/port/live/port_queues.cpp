#include "port/live/port_queues.hpp"

#include "base/backoff.hpp"
#include "pipeline/pool_order.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::port {

namespace {

/// A NIC's clock against the host's, if it can be read.
std::optional<NicClock> learn_clock(std::uint16_t port, const HostClock& clock) {
    std::uint64_t ticks0 = 0;
    std::uint64_t ticks1 = 0;
    if (pipeline::read_nic_clock(port, &ticks0) != 0) return std::nullopt;
    const TimeNs host0 = clock.now();
    constexpr std::uint32_t kApart = 50'000'000;
    nap(kApart);
    if (pipeline::read_nic_clock(port, &ticks1) != 0) return std::nullopt;
    return NicClock(ticks0, host0, ticks1, clock.now());
}

} // namespace

Result<TimeField> TimeField::make() {
    TimeField field;
    if (rte_mbuf_dyn_rx_timestamp_register(&field.offset_, &field.flag_) == 0) return field;
    return Error{"no room for time stamps in packet buffers", "EAL", "", 1};
}

PortQueues::Queue::Queue(const QueueRef& ref)
    : port(ref.port->id()), queue(ref.queue), left(ref.port->granted().descriptors),
      watch(ref.port->watch(), ref.port->granted().held, ref.port->granted().honest) {}

PortQueues::PortQueues(const std::vector<QueueRef>& queues, const HostClock& clock, TimeField field,
                       std::atomic<std::int64_t>* left, TimeNs clock_tolerance)
    : clock_(clock), field_(field), left_(left),
      clock_tolerance_(clock_tolerance != 0 ? clock_tolerance : std::numeric_limits<TimeNs>::max()),
      pause_(rte_get_tsc_hz() / 50) {
    for (const QueueRef& ref : queues) {
        queues_.push_back(std::make_unique<Queue>(ref));
        if (ref.port->granted().nic_time) queues_.back()->nic = learn_clock(ref.port->id(), clock);
        // Every port has buffers of its own, enough for as many as the smallest allows.
        limit_ = std::min(limit_, ref.port->limit());
    }
}

std::size_t PortQueues::allowed(std::size_t max) {
    if (left_ == nullptr) return max;
    const auto wanted = static_cast<std::int64_t>(max);
    const std::int64_t before = left_->fetch_sub(wanted, std::memory_order_relaxed);
    const std::int64_t got = std::clamp<std::int64_t>(before, 0, wanted);
    if (got < wanted) left_->fetch_add(wanted - got, std::memory_order_relaxed);
    return static_cast<std::size_t>(got);
}

std::size_t PortQueues::receive(rte_mbuf** out, std::size_t max, pipeline::Credit& credit) {
    if (!credit.within(limit_)) return 0;
    const bool draining = draining_.load(std::memory_order_relaxed);
    const std::size_t may = allowed(max);
    if (may == 0) {
        ended_ = draining; // until then another lcore may give back what it did not find
        return 0;
    }
    const std::uint64_t tsc = rte_rdtsc();
    const TimeNs now = clock_.now();
    std::size_t n = 0;
    bool rest = false;
    for (std::size_t tried = 0; tried < queues_.size() && n == 0; ++tried) {
        Queue& q = *queues_[at_];
        at_ = at_ + 1 == queues_.size() ? 0 : at_ + 1;
        pipeline::Drops more;
        if (q.watch.check(tsc, now, more)) [[unlikely]]
            note(more);
        std::size_t room = may;
        if (draining) room = std::min<std::uint64_t>(room, q.left);
        if (room == 0) continue;
        n = rte_eth_rx_burst(q.port, q.queue, out, static_cast<std::uint16_t>(room));
        q.watch.took(n);
        if (n != 0) {
            pipeline::PoolOrder::taken(out, n);
            q.received.add(n);
            if (q.watch.recheck(tsc, now, more)) [[unlikely]]
                note(more);
            stamp(q, out, n, tsc, now);
            if (tsc - q.last_tsc > pause_ || q.link_losses != q.watch.link_losses()) [[unlikely]]
                tell_outage(q, out[0], tsc);
            q.last = static_cast<TimeNs>(field_.of(out[n - 1]));
            q.last_tsc = tsc;
        }
        if (draining) q.left = n == 0 ? 0 : q.left - n;
        rest |= q.left != 0;
    }
    if (draining && n == 0 && !rest) ended_ = true;
    if (left_ != nullptr && n < may)
        left_->fetch_add(static_cast<std::int64_t>(may - n), std::memory_order_relaxed);
    return n;
}

void PortQueues::note(const pipeline::Drops& more) {
    if (dropped_)
        drops_.merge(more);
    else
        drops_ = more;
    dropped_ = true;
}

void PortQueues::stamp(Queue& q, rte_mbuf** burst, std::size_t n, std::uint64_t tsc, TimeNs now) {
    if (!q.nic) {
        for (std::size_t i = 0; i < n; ++i)
            field_.of(burst[i]) = static_cast<std::uint64_t>(now);
        return;
    }
    if (tsc >= q.next_lesson) [[unlikely]] {
        std::uint64_t ticks = 0;
        if (q.next_lesson != 0 && pipeline::read_nic_clock(q.port, &ticks) == 0)
            q.nic->learn(ticks, clock_.now());
        q.next_lesson = tsc + rte_get_tsc_hz();
    }
    for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t& field = field_.of(burst[i]);
        TimeNs time = field_.filled(burst[i]) ? q.nic->host(field) : now;
        if (std::max(time, now) - std::min(time, now) > clock_tolerance_) [[unlikely]] {
            time = now;
            q.odd_times.add(1);
        }
        field = static_cast<std::uint64_t>(time);
    }
}

/// Before the first burst after a pause, or after the link was seen to be gone, is handed on. What
/// came while nobody could receive it is not known, nor how much: all of the span is blind.
void PortQueues::tell_outage(Queue& q, rte_mbuf* first, std::uint64_t tsc) {
    if (tsc - q.last_tsc > pause_) q.watch.look_after_pause();
    const std::uint64_t losses = q.watch.link_losses();
    if (losses == q.link_losses) return;
    q.link_losses = losses;
    if (q.last == 0) return; // nothing was received before
    const auto to = static_cast<TimeNs>(field_.of(first));
    note({q.last, to, kUnknownDrops});
    const auto index = static_cast<std::size_t>(
        std::find_if(queues_.begin(), queues_.end(), [&q](const auto& p) { return p.get() == &q; })
        - queues_.begin());
    const QueueOutage outage{index, q.last, to};
    outages_.push(&outage, 1);
}

bool PortQueues::take_drops(pipeline::Drops& out) {
    if (!dropped_) [[likely]]
        return false;
    out = drops_;
    dropped_ = false;
    return true;
}

} // namespace lacuna::port
