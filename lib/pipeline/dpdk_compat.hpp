// The DPDK headers lacuna needs, and the one place that knows how releases 22.11 to 25.11 differ.
//
// Built and tested with 22.11 (Debian 12) and 24.11 (Debian 13, scripts/check-newer-dpdk). Of what
// differs, nobody has tried: 23.11, 25.11, and from 26.07 on the other unit in
// pcap_timestamp_unit_ns(). What older releases have and newer dropped is not used anywhere: static
// log types, per-queue fields of rte_eth_stats, rte_ctrl_thread_create, IPv6 addresses of rte_flow,
// __rte_packed, the cache-line markers of rte_mbuf.
#pragma once

// 24.11 forgets to say that this one is C; the first declaration decides.
extern "C" {
struct rte_ring;
struct rte_ring* rte_ring_create_elem(const char* name, unsigned int esize, unsigned int count,
                                      int socket_id, unsigned int flags);
}

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_mempool.h>
#include <rte_pause.h>
#include <rte_prefetch.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <rte_ring_peek_zc.h>
#include <rte_telemetry.h>
#include <rte_version.h>

#include <cstdint>

namespace lacuna::pipeline {

#if RTE_VERSION < RTE_VERSION_NUM(22, 11, 0, 0)
#error "lacuna needs DPDK 22.11 or newer"
#endif

/// Nanoseconds in a unit of net_pcap's timestamp field. Up to 26.03 it fills in microseconds
/// unasked; from then on nanoseconds, and only on request (it advertises the offload).
constexpr std::uint32_t pcap_timestamp_unit_ns(std::uint64_t rx_offload_capa) {
    return (rx_offload_capa & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0 ? 1 : 1000;
}

/// The errors a port counted on receiving; 25.11 dropped the per-queue fields, this one stays.
inline std::uint64_t port_ierrors(std::uint16_t port) {
    rte_eth_stats stats{};
    return rte_eth_stats_get(port, &stats) == 0 ? stats.ierrors : 0;
}

/// Reads a NIC's clock; 0 if it has one. Marked as unstable in 22.11, the same to this day.
inline int read_nic_clock(std::uint16_t port, std::uint64_t* ticks) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    return rte_eth_read_clock(port, ticks);
#pragma GCC diagnostic pop
}

/// Adds a whole number to an object of the telemetry socket; 23.03 renamed the function.
inline int tel_add_dict_uint(rte_tel_data* dict, const char* name, std::uint64_t value) {
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
    return rte_tel_data_add_dict_uint(dict, name, value);
#else
    return rte_tel_data_add_dict_u64(dict, name, value);
#endif
}

} // namespace lacuna::pipeline
