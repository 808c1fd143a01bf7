// Generated traffic as a source: the pipeline measured without a file, a driver or a NIC.
#pragma once

#include "base/reserved.hpp"
#include "pipeline/frame_access.hpp"
#include "pipeline/pool_order.hpp"
#include "pipeline/source/generated_traffic.hpp"
#include "pipeline/source/source.hpp"

#include <algorithm>

namespace lacuna::pipeline {

/// Frames by value in memory of its own. A place is written again only after all frames in it have
/// been decoded.
class GeneratedFrames final : public Source<wire::Frame> {
public:
    explicit GeneratedFrames(const GeneratedTraffic& traffic)
        : factory_(traffic), memory_(kSlots * kStride) {}

    /// Whether there was memory.
    bool ready() const { return memory_.get() != nullptr; }

    std::size_t receive(wire::Frame* out, std::size_t max, Credit& credit) override {
        if (!credit.within(kSlots - wire::kRxBurst)) return 0;
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(max, factory_.left()));
        auto* const base = static_cast<std::uint8_t*>(memory_.get());
        for (std::size_t i = 0; i < n; ++i) {
            std::uint8_t* const to = base + (factory_.made() % kSlots) * kStride;
            wire::Frame& f = out[i];
            f.time = factory_.time();
            f.data = to;
            f.caplen = f.wirelen = factory_.next(to);
            f.link = wire::LinkType::ethernet;
            f.source = 0;
            f.spare = 0;
        }
        made_.add(n);
        return n;
    }
    bool ended() const override { return factory_.done(); }
    /// Frames made, not octets.
    std::uint64_t position() const override { return made_.get(); }

private:
    static constexpr std::size_t kSlots = 8192;
    /// As far apart as packet buffers; an odd number of lines, so that they do not share sets of
    /// the caches.
    static constexpr std::size_t kStride = 25 * kCacheLine;
    static_assert(kStride >= GeneratedTraffic::kLargest);

    FrameFactory factory_;
    Reserved memory_;
    flow::SharedCount made_;
};

/// Packet buffers out of a pool, filled as a driver would fill them.
class GeneratedBuffers final : public Source<rte_mbuf*> {
public:
    /// `pool` outlives the source; `limit`: buffers under way above which none is taken. EAL is up.
    GeneratedBuffers(const GeneratedTraffic& traffic, rte_mempool* pool, std::uint64_t limit)
        : factory_(traffic), pool_(pool), limit_(limit) {
        rte_mbuf_dyn_rx_timestamp_register(&time_offset_, nullptr);
    }

    /// Whether mbufs have room for a time stamp.
    bool ready() const { return time_offset_ >= 0; }

    std::size_t receive(rte_mbuf** out, std::size_t max, Credit& credit) override {
        if (!credit.within(limit_)) return 0;
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(max, factory_.left()));
        if (n == 0 || rte_pktmbuf_alloc_bulk(pool_, out, static_cast<unsigned>(n)) != 0) return 0;
        PoolOrder::taken(out, n);
        for (std::size_t i = 0; i < n; ++i) {
            rte_mbuf* const m = out[i];
            *RTE_MBUF_DYNFIELD(m, time_offset_, std::uint64_t*) =
                static_cast<std::uint64_t>(factory_.time());
            const std::uint32_t length = factory_.next(rte_pktmbuf_mtod(m, std::uint8_t*));
            m->pkt_len = length;
            m->data_len = static_cast<std::uint16_t>(length);
            m->port = 0;
        }
        made_.add(n);
        return n;
    }
    bool ended() const override { return factory_.done(); }
    /// Frames made, not octets.
    std::uint64_t position() const override { return made_.get(); }

    MbufFormat format() const {
        MbufFormat f;
        f.time_offset = time_offset_;
        f.origins = {MbufOrigin{}};
        return f;
    }

private:
    FrameFactory factory_;
    rte_mempool* pool_;
    std::uint64_t limit_;
    int time_offset_ = -1;
    flow::SharedCount made_;
};

} // namespace lacuna::pipeline
