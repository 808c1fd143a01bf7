// Packet-buffer pools that cannot run dry.
#pragma once

#include "base/result.hpp"
#include "pipeline/dpdk_compat.hpp"
#include "pipeline/pipeline.hpp"

#include <memory>

namespace lacuna::port {

struct PoolFree {
    void operator()(rte_mempool* p) const { rte_mempool_free(p); }
};

/// Buffers of one run, and how many of them RX may have under way. A driver that finds no buffer
/// loses a frame it has already taken from its source, silently; so RX stops while there is still
/// room for the largest burst.
struct BufferPool {
    std::unique_ptr<rte_mempool, PoolFree> pool;
    std::uint64_t limit = 0; ///< buffers under way above which RX takes nothing more
};

/// Octets a buffer holds; longer frames are chains.
inline constexpr std::uint32_t kDataRoom = 2048;

/// What a source asks of its pool.
struct BufferDemand {
    std::uint32_t longest = kDataRoom; ///< octets of the longest frame
    std::uint64_t in_all = kUnbounded; ///< buffers its frames fill from first to last

    static constexpr std::uint64_t kUnbounded = std::uint64_t{1} << 32;
};

/// Buffers a frame of `octets` fills.
constexpr std::uint64_t buffers_for(std::uint32_t octets) {
    return octets <= kDataRoom ? 1 : (std::uint64_t{octets} + kDataRoom - 1) / kDataRoom;
}

/// Makes a pool for `config`'s layout, no larger than the source can use: each buffer costs time
/// before the first packet. EAL is up. Errors: no memory (exit 1).
Result<BufferPool> make_pool(const pipeline::PipelineConfig& config,
                             const BufferDemand& demand = {});

} // namespace lacuna::port
