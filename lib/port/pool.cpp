#include "port/pool.hpp"

#include <algorithm>

namespace lacuna::port {

namespace {

/// Buffers each lcore keeps at hand; so many that a few bursts pass without touching the pool.
constexpr unsigned kCache = 256;
constexpr std::uint64_t kSmallest = 16'383;

} // namespace

Result<BufferPool> make_pool(const pipeline::PipelineConfig& config, const BufferDemand& demand) {
    const std::uint64_t burst = wire::kRxBurst * buffers_for(demand.longest);
    // The main lcore may free buffers too, so it has a cache like the others.
    const std::uint64_t caches =
        (std::uint64_t{config.layout.lcores()} + 1) * (kCache + kCache / 2);
    // Those whose times are not known yet wait in the source (base/steady_times.hpp).
    const std::uint64_t waiting = 3 * burst;
    const std::uint64_t wanted =
        pipeline::buffers_in_flight(config, kCache) + kCache * 2 + 2 * burst + waiting;
    const std::uint64_t useful = demand.in_all + caches + 2 * burst + waiting;
    const std::uint64_t count = std::min(std::max(kSmallest, wanted), useful);

    BufferPool out;
    // Last in, first out: the buffers in use are few and stay in the processor's caches.
    out.pool.reset(rte_pktmbuf_pool_create_by_ops("lacuna_frames", static_cast<unsigned>(count),
                                                  kCache, 0, kDataRoom + RTE_PKTMBUF_HEADROOM,
                                                  SOCKET_ID_ANY, "stack"));
    if (out.pool == nullptr) {
        return Error{"no memory for " + std::to_string(count)
                         + " packet buffers: " + rte_strerror(rte_errno),
                     "EAL", "give EAL more memory (-m, hugepages) or choose a smaller layout", 1};
    }
    out.limit = count - caches - burst - waiting;
    return out;
}

} // namespace lacuna::port
