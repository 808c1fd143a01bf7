// What a parser tells a worker about one burst.
//
// Order without stamps. RX numbers its bursts 0, 1, 2, ... and gives burst b to parser b mod P.
// For each burst it takes, a parser writes exactly one batch to every worker's ring, an empty one
// where the burst has nothing for that worker. A worker therefore knows which ring holds the next
// batch: it reads them in the same rotation, and sees every secure association, nested ones too,
// in arrival order, without locks, sequence stamps or a reorder buffer.
#pragma once

#include "pipeline/dpdk_compat.hpp"
#include "pipeline/layout/layout.hpp"
#include "wire/decode.hpp"
#include "wire/shard.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::pipeline {

/// First element of a batch; `count` observations follow it. As large as an observation, so that
/// both travel over one ring.
struct alignas(kCacheLine) BatchHeader {
    std::uint64_t burst; ///< number of the burst
    std::uint32_t count; ///< observations that follow, <= kMaxRxObservations
    std::uint32_t magic; ///< kBatchMagic
    TimeNs now;          ///< the clock of the port behind the burst, of all its frames
};
static_assert(sizeof(BatchHeader) == sizeof(wire::Observation));

inline constexpr std::uint32_t kBatchMagic = 0x6C616375;

/// Elements of the longest batch.
inline constexpr unsigned kMaxBatch = wire::kMaxRxObservations + 1;

/// Groups observations by worker, stably: those of worker w are obs[order[i]] for i in
/// [start[w], start[w + 1]). `order` has room for `n`, `start` for `workers` + 1.
inline void sort_by_worker(const wire::Observation* obs, std::size_t n, std::uint32_t workers,
                           std::uint16_t* order, std::uint32_t* start) {
    std::uint32_t fill[kMaxStage] = {};
    for (std::size_t i = 0; i < n; ++i)
        ++fill[wire::shard_of(obs[i].hash, workers)];
    std::uint32_t sum = 0;
    for (std::uint32_t w = 0; w < workers; ++w) {
        start[w] = sum;
        sum += fill[w];
        fill[w] = start[w];
    }
    start[workers] = sum;
    for (std::size_t i = 0; i < n; ++i)
        order[fill[wire::shard_of(obs[i].hash, workers)]++] = static_cast<std::uint16_t>(i);
}

/// Elements [from, from + n) of what a zero-copy call reserved in a ring, in one or two pieces.
struct RingSpan {
    rte_ring_zc_data zc;

    wire::Observation* at(std::size_t i) const {
        return i < zc.n1 ? static_cast<wire::Observation*>(zc.ptr1) + i
                         : static_cast<wire::Observation*>(zc.ptr2) + (i - zc.n1);
    }
};

/// Writes batch `burst` of `count` observations, those at `order[0..count)` of `obs`, if the ring
/// has room for all of it; else does nothing and returns false. SP/SC ring, producer only.
inline bool write_batch(rte_ring* ring, std::uint64_t burst, TimeNs now,
                        const wire::Observation* obs, const std::uint16_t* order,
                        std::uint32_t count) {
    RingSpan span;
    if (rte_ring_enqueue_zc_bulk_elem_start(ring, sizeof(BatchHeader), count + 1, &span.zc, nullptr)
        == 0)
        return false;
    const BatchHeader header{burst, count, kBatchMagic, now};
    std::memcpy(static_cast<void*>(span.at(0)), &header, sizeof header);
    for (std::uint32_t i = 0; i < count; ++i)
        *span.at(i + 1) = obs[order[i]];
    rte_ring_enqueue_zc_elem_finish(ring, count + 1);
    return true;
}

/// Ends the process: a batch came out of turn, so no number could be trusted any more.
[[noreturn]] void order_broken(std::uint64_t burst);

enum class BatchRead : std::uint8_t { none, taken, disorder };

/// Reads batch `burst` if it is there and hands its observations, in place and in order, to
/// `sink(const Observation*, std::size_t, TimeNs now)` in one or two calls, one for none.
/// `disorder`: the ring holds another batch, which must not happen. SP/SC ring, consumer only.
template <typename Sink>
BatchRead read_batch(rte_ring* ring, std::uint64_t burst, std::uint32_t& count, Sink&& sink) {
    RingSpan span;
    const unsigned n = rte_ring_dequeue_zc_burst_elem_start(ring, sizeof(BatchHeader), kMaxBatch,
                                                            &span.zc, nullptr);
    if (n == 0) return BatchRead::none;
    BatchHeader header;
    std::memcpy(&header, static_cast<const void*>(span.at(0)), sizeof header);
    if (header.magic != kBatchMagic || header.burst != burst || header.count >= n) {
        rte_ring_dequeue_zc_elem_finish(ring, 0);
        return BatchRead::disorder;
    }
    count = header.count;
    const std::size_t first = std::min<std::size_t>(count, span.zc.n1 - 1);
    if (first > 0 || count == 0)
        sink(static_cast<const wire::Observation*>(span.at(1)), first, header.now);
    if (first < count)
        sink(static_cast<const wire::Observation*>(span.at(first + 1)), count - first, header.now);
    rte_ring_dequeue_zc_elem_finish(ring, count + 1);
    return BatchRead::taken;
}

} // namespace lacuna::pipeline
