// What drivers of DPDK do differently, as far as a port must know it: one row each.
#pragma once

#include <cstdint>
#include <string_view>

namespace lacuna::port {

/// How a driver behaves. The defaults are those of an ordinary NIC.
struct DriverTraits {
    std::string_view name;   ///< the driver's name begins with it
    std::uint16_t rings = 1; ///< rings of a queue that are filled with buffers, each of its own
    /// It has a counter of frames it lost. Without one, loss of the probe looks like the network's.
    bool confesses = true;
    /// `ierrors` holds the frames that came damaged, which other counters name.
    bool errors_hold_damage = true;
    /// The kernel keeps the NIC and shares it: an MTU set is the interface's, and stays.
    bool shared = false;
    /// An RSS action concerns the frames of its rule only. Elsewhere it replaces what the whole
    /// port spreads by.
    bool rule_spreads = false;
    /// It takes a power of two of queues only.
    bool queues_by_power = false;
};

/// The row of `driver`, as rte_eth_dev_info names it; the defaults where it has none.
const DriverTraits& traits_of(std::string_view driver);

} // namespace lacuna::port
