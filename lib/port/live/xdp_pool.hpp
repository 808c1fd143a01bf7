// Packet buffers for the AF_XDP driver.
#pragma once

#include "pipeline/dpdk_compat.hpp"

namespace lacuna::port {

/// Octets of a buffer with all that belongs to it: the smallest page there is.
inline constexpr unsigned kXdpChunk = 4096;
/// Of these, what the pool itself needs, rounded up as it does.
inline constexpr unsigned kXdpHeader =
    (sizeof(rte_mempool_objhdr) + RTE_MEMPOOL_ALIGN - 1) / RTE_MEMPOOL_ALIGN * RTE_MEMPOOL_ALIGN;
/// Octets for a frame and the headrooms.
inline constexpr unsigned kXdpDataRoom = kXdpChunk - kXdpHeader - sizeof(rte_mbuf);
/// What DPDK and the kernel keep of it.
inline constexpr unsigned kXdpHeadrooms = RTE_PKTMBUF_HEADROOM + 256;

/// Null: no memory, rte_errno says why.
rte_mempool* make_xdp_pool(const char* name, unsigned count, unsigned cache, int socket);

} // namespace lacuna::port
