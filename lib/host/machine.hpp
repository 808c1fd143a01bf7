// What a host is made of, as far as a probe cares: CPUs, memory in large pages, NICs.
#pragma once

#include "host/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::host {

struct Cpus {
    std::vector<unsigned> isolated; ///< kept free by the kernel (isolcpus)
    std::vector<int> node_of;       ///< NUMA node by CPU number; -1: unknown

    bool is_isolated(unsigned cpu) const;
    int node(unsigned cpu) const { return cpu < node_of.size() ? node_of[cpu] : -1; }
};
Cpus read_cpus(const Tree& tree);
/// NUMA nodes the host has.
std::vector<int> numa_nodes(const Tree& tree);

/// Large pages of one size.
struct Hugepages {
    std::uint64_t kib = 0; ///< of a page
    std::uint64_t total = 0;
    std::uint64_t free = 0;
};
/// By size, the smallest first. `node`: of that NUMA node only; -1: of all.
std::vector<Hugepages> read_hugepages(const Tree& tree, int node = -1);
std::uint64_t free_mib(const std::vector<Hugepages>& pages);
/// The file that sets how many there are.
std::string hugepages_file(std::uint64_t kib, int node = -1);

struct PciDevice {
    std::string address;    ///< "0000:03:00.0"
    std::string model;      ///< "8086:158b"
    std::string driver;     ///< of the kernel; empty: none
    std::string interfaces; ///< the kernel's names for it, "eth1, eth2"; empty: none
    int node = -1;          ///< NUMA
    int iommu_group = -1;   ///< -1: none
    bool network = true;    ///< a network controller, or of a class nobody tells
};
std::optional<PciDevice> read_pci(const Tree& tree, const std::string& address);
/// Every network controller.
std::vector<PciDevice> read_nics(const Tree& tree);
/// Whether the kernel keeps devices from memory that is not theirs.
bool has_iommu(const Tree& tree);
/// Whether DPDK can use a device that `driver` is bound to: it gives the device away (vfio, uio),
/// or shares it (mlx5, mana).
bool leaves_to_dpdk(std::string_view driver);
/// Whether it is one of the latter: then nothing is bound, and vfio is of no use.
bool shares_with_dpdk(std::string_view driver);

/// NUMA node of a device's folder in sysfs; -1: unknown, or the host has one only.
int node_of_device(const Tree& tree, const std::string& folder);

} // namespace lacuna::host
