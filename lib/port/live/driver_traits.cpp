#include "port/live/driver_traits.hpp"

namespace lacuna::port {

namespace {

// The first row whose name the driver's begins with. Sources: the drivers' own counters and flow
// engines, DPDK 22.11 to 25.11.
constexpr DriverTraits kRows[] = {
    // A virtual function sees what reached it, not what the physical one dropped before.
    {.name = "net_ixgbe_vf", .confesses = false},
    {.name = "net_e1000_igb_vf", .confesses = false},
    // The device drops before a driver could count.
    {.name = "net_virtio", .confesses = false},
    {.name = "net_memif", .confesses = false},
    {.name = "net_vhost", .confesses = false},
    // A ring for the head of a frame and one for what does not fit into its first buffer.
    {.name = "net_vmxnet3", .rings = 2, .queues_by_power = true},
    {.name = "net_ice", .rule_spreads = true},
    {.name = "net_iavf", .rule_spreads = true},
    {.name = "mlx5", .errors_hold_damage = false, .shared = true, .rule_spreads = true},
    {.name = "mlx4", .errors_hold_damage = false, .shared = true},
    {.name = "net_mlx", .errors_hold_damage = false, .shared = true},
    {.name = "net_mana", .errors_hold_damage = false, .shared = true},
};
constexpr DriverTraits kOrdinary{};

} // namespace

const DriverTraits& traits_of(std::string_view driver) {
    for (const DriverTraits& row : kRows)
        if (driver.starts_with(row.name)) return row;
    return kOrdinary;
}

} // namespace lacuna::port
