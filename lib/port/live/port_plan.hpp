// What a port asks its device for, and what buffers that takes. Arithmetic only.
#pragma once

#include "config/run_config.hpp"
#include "port/live/driver_traits.hpp"
#include "port/pool.hpp"

#include <cstdint>

namespace lacuna::port {

/// Ethernet header and two VLAN tags.
inline constexpr std::uint32_t kLinkHeader = 22;
/// MTU a NIC is asked for unless the configuration names one: with header, tags and FCS a frame
/// fits one buffer, so nothing gets slower. A link with an MTU of 1500 sends MACsec frames of 1,546
/// octets, and ESP ones of about 1,600.
inline constexpr std::uint32_t kWishedMtu = 2000;
static_assert(kWishedMtu + kLinkHeader + 4 <= kDataRoom);
/// The shortest one that takes such frames: 1,600 octets with the Ethernet header.
inline constexpr std::uint32_t kLeastMtu = 1586;
/// Buffers an lcore keeps at hand.
inline constexpr unsigned kPoolCache = 256;

/// What a device says of the frames it takes; 0: nothing.
struct FrameLimits {
    std::uint32_t longest_mtu = 0;
    std::uint32_t longest_frame = 0;
};

/// The longest MTU `limits` allow; 65,535 where they say nothing.
std::uint32_t longest_mtu(const FrameLimits& limits);

/// The MTU to ask a device for that is the port's own; 0: it stays as it is.
std::uint32_t wished_mtu(const DriverTraits& driver, const FrameLimits& limits,
                         std::uint32_t configured);

/// What a pool is for.
struct PoolNeeds {
    std::uint64_t in_rings = 0; ///< buffers that wait in rings for frames
    std::uint32_t lcores = 1;   ///< on the data path
    std::uint32_t mtu = 1500;
    std::uint64_t under_way = 0;  ///< frames the pipeline may hold at once
    std::uint32_t configured = 0; ///< buffers asked for; 0: as many as are useful
};

struct PoolPlan {
    std::uint64_t count = 0; ///< buffers
    std::uint64_t limit = 0; ///< of them under way at most; see BufferPool
    std::uint64_t least = 0; ///< below this many nothing would be received
};

PoolPlan plan_pool(const PoolNeeds& needs);

/// What of `plan` is left where the rings turn out to take `in_rings` instead of needs.in_rings; a
/// limit of 0: they leave nothing.
PoolPlan after_start(const PoolPlan& plan, const PoolNeeds& needs, std::uint64_t in_rings);

} // namespace lacuna::port
