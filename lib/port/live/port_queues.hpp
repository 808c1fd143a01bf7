// Live ports as a source of the pipeline.
#pragma once

#include "base/spsc_ring.hpp"
#include "pipeline/frame_access.hpp"
#include "pipeline/source/source.hpp"
#include "port/live/live_port.hpp"
#include "port/live/packet_time.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace lacuna::port {

/// A queue of a port, as one lcore polls it.
struct QueueRef {
    LivePort* port;
    std::uint16_t queue;
};

/// A queue's port had no link.
struct QueueOutage {
    std::size_t queue; ///< index of those given
    TimeNs from;       ///< its last packet before
    TimeNs to;         ///< its first packet after
};

/// The mbuf field live ports keep packet times in.
class TimeField {
public:
    /// Errors (exit 1): no room in the mbuf.
    static Result<TimeField> make();
    std::uint64_t& of(rte_mbuf* m) const { return *RTE_MBUF_DYNFIELD(m, offset_, std::uint64_t*); }
    /// Whether the driver wrote a time itself.
    bool filled(const rte_mbuf* m) const { return (m->ol_flags & flag_) != 0; }
    int offset() const { return offset_; }

private:
    int offset_ = -1;
    std::uint64_t flag_ = 0;
};

/// Polls queues in turn. One lcore's; drain() and received() any thread's.
class PortQueues final : public pipeline::Source<rte_mbuf*> {
public:
    /// `left`: frames the run may still take over all its sources; null: no bound. All outlive the
    /// source.
    /// `clock_tolerance`: a NIC's stamp farther from the host's clock is odd, and the time of its
    /// packet that of the host; 0: it is believed.
    PortQueues(const std::vector<QueueRef>& queues, const HostClock& clock, TimeField field,
               std::atomic<std::int64_t>* left, TimeNs clock_tolerance = 0);

    std::size_t receive(rte_mbuf** out, std::size_t max, pipeline::Credit& credit) override;
    bool take_drops(pipeline::Drops& out) override;
    bool ended() const override { return ended_; }
    std::uint64_t position() const override { return 0; }

    /// Takes what the rings hold by now, at most what they can hold, and ends.
    void drain() { draining_.store(true, std::memory_order_relaxed); }
    /// Frames received from queue `index` of those given.
    std::uint64_t received(std::size_t index) const { return queues_[index]->received.get(); }
    /// Odd stamps of queue `index` so far. Any thread.
    std::uint64_t odd_times(std::size_t index) const { return queues_[index]->odd_times.get(); }
    /// Takes an outage nobody has taken yet. One thread.
    bool take_outage(QueueOutage& out) { return outages_.pop(&out, 1) == 1; }

private:
    struct Queue {
        Queue(const QueueRef& ref);
        std::uint16_t port;
        std::uint16_t queue;
        std::uint64_t left; ///< while draining: frames still to take
        QueueWatch watch;
        std::optional<NicClock> nic; ///< where the NIC stamps
        std::uint64_t next_lesson = 0;
        TimeNs last = 0;               ///< time of its last packet; 0: none yet
        std::uint64_t last_tsc = 0;    ///< when it came
        std::uint64_t link_losses = 0; ///< of the port, that were told
        flow::SharedCount received;
        flow::SharedCount odd_times;
    };
    void tell_outage(Queue& q, rte_mbuf* first, std::uint64_t tsc);
    void stamp(Queue& q, rte_mbuf** burst, std::size_t n, std::uint64_t tsc, TimeNs now);
    void note(const pipeline::Drops& more);
    std::size_t allowed(std::size_t max);

    std::vector<std::unique_ptr<Queue>> queues_;
    std::size_t at_ = 0; ///< the queue to poll next
    std::uint64_t limit_ = UINT64_MAX;
    const HostClock& clock_;
    TimeField field_;
    std::atomic<std::int64_t>* left_;
    TimeNs clock_tolerance_;
    std::uint64_t pause_; ///< counter ticks without packets after which the link is looked at
    SpscRing<QueueOutage> outages_{64};
    pipeline::Drops drops_{};
    bool dropped_ = false;
    bool ended_ = false;
    std::atomic<bool> draining_{false};
};

} // namespace lacuna::port
