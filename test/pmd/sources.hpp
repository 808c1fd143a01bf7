// Sources of synthetic bursts of random sizes.
#pragma once

#include "pipeline/frame_access.hpp"
#include "pipeline/pool_order.hpp"
#include "pipeline/source/source.hpp"
#include "traffic.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace lacuna::test {

/// Sizes of bursts, nothing at all included.
class BurstSizes {
public:
    explicit BurstSizes(std::uint64_t seed) : random_(seed) {}
    std::size_t next(std::size_t max) {
        switch (random_() % 8) {
        case 0:
            return 0;
        case 1:
            return 1;
        case 2:
            return max;
        default:
            return random_() % (max + 1);
        }
    }

private:
    std::mt19937_64 random_;
};

/// Frames by value.
class FrameFeed final : public pipeline::Source<wire::Frame> {
public:
    FrameFeed(const std::vector<Packet>& packets, std::uint64_t seed)
        : packets_(packets), sizes_(seed) {}

    std::size_t receive(wire::Frame* out, std::size_t max, pipeline::Credit&) override {
        const std::size_t n = std::min(sizes_.next(max), packets_.size() - next_);
        for (std::size_t i = 0; i < n; ++i)
            out[i] = as_frame(packets_[next_ + i]);
        next_ += n;
        return n;
    }
    bool ended() const override { return next_ == packets_.size(); }
    std::uint64_t position() const override { return 0; }

private:
    const std::vector<Packet>& packets_;
    BurstSizes sizes_;
    std::size_t next_ = 0;
};

/// Packet buffers out of a pool, in segments of `segment` octets, as a driver fills them.
class MbufFeed final : public pipeline::Source<rte_mbuf*> {
public:
    MbufFeed(const std::vector<Packet>& packets, rte_mempool* pool, std::uint64_t limit,
             std::uint64_t seed, std::size_t segment = 2048)
        : packets_(packets), pool_(pool), limit_(limit), sizes_(seed), segment_(segment) {
        rte_mbuf_dyn_rx_timestamp_register(&time_offset_, nullptr);
    }

    std::size_t receive(rte_mbuf** out, std::size_t max, pipeline::Credit& credit) override {
        if (!credit.within(limit_)) {
            ++refused_;
            return 0;
        }
        const std::size_t n = std::min(sizes_.next(max), packets_.size() - next_);
        for (std::size_t i = 0; i < n; ++i) {
            out[i] = make(packets_[next_]);
            if (out[i] == nullptr) {
                ++starved_;
                return i;
            }
            ++next_;
        }
        return n;
    }
    bool ended() const override { return next_ == packets_.size(); }
    std::uint64_t position() const override { return 0; }

    pipeline::MbufFormat format() const {
        pipeline::MbufFormat f;
        f.time_offset = time_offset_;
        f.time_unit_ns = 1000;
        f.origins = {pipeline::MbufOrigin{}};
        return f;
    }
    std::uint64_t refused() const { return refused_; } ///< calls without credit
    std::uint64_t starved() const { return starved_; } ///< frames that found no buffer

    rte_mbuf* make(const Packet& p) const {
        rte_mbuf* head = nullptr;
        rte_mbuf* tail = nullptr;
        std::size_t at = 0;
        do {
            rte_mbuf* m = rte_pktmbuf_alloc(pool_);
            if (m == nullptr) {
                rte_pktmbuf_free(head);
                return nullptr;
            }
            pipeline::PoolOrder::taken(&m, 1);
            const std::size_t n = std::min(segment_, p.bytes.size() - at);
            std::memcpy(rte_pktmbuf_append(m, static_cast<std::uint16_t>(n)), p.bytes.data() + at,
                        n);
            at += n;
            if (head == nullptr) {
                head = m;
            } else {
                tail->next = m;
                ++head->nb_segs;
                head->pkt_len += static_cast<std::uint32_t>(n);
            }
            tail = m;
        } while (at < p.bytes.size());
        head->port = 0;
        *RTE_MBUF_DYNFIELD(head, time_offset_, std::uint64_t*) =
            static_cast<std::uint64_t>(p.time / 1000);
        return head;
    }

private:
    const std::vector<Packet>& packets_;
    rte_mempool* pool_;
    std::uint64_t limit_;
    BurstSizes sizes_;
    std::size_t segment_;
    std::size_t next_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t starved_ = 0;
    int time_offset_ = -1;
};

} // namespace lacuna::test
