// Buffers as the AF_XDP driver needs them. It gives the kernel one stretch of memory, as long as
// the number of buffers times their size, and a pool puts no buffer across the border of a page:
// the gaps before the borders push the last buffers out of the stretch, where the kernel rejects
// them one by one, silently, until none is left. So a buffer is made exactly as large as a page,
// and no gap remains, whatever the size of the pages.
#include "port/live/xdp_pool.hpp"

namespace lacuna::port {

rte_mempool* make_xdp_pool(const char* name, unsigned count, unsigned cache, int socket) {
    constexpr unsigned kElement = kXdpChunk - kXdpHeader;
    // No spreading over memory channels: that pads each buffer.
    rte_mempool* const pool =
        rte_mempool_create_empty(name, count, kElement, cache, sizeof(rte_pktmbuf_pool_private),
                                 socket, RTE_MEMPOOL_F_NO_SPREAD);
    if (pool == nullptr) return nullptr;
    rte_pktmbuf_pool_private shape{};
    shape.mbuf_data_room_size = static_cast<std::uint16_t>(kXdpDataRoom);
    const bool sized = pool->header_size + pool->elt_size + pool->trailer_size == kXdpChunk;
    if (!sized) rte_errno = EINVAL;
    if (sized && rte_mempool_set_ops_byname(pool, "stack", nullptr) == 0) {
        rte_pktmbuf_pool_init(pool, &shape);
        if (rte_mempool_populate_default(pool) >= static_cast<int>(count)) {
            rte_mempool_obj_iter(pool, rte_pktmbuf_init, nullptr);
            return pool;
        }
    }
    rte_mempool_free(pool);
    return nullptr;
}

} // namespace lacuna::port
