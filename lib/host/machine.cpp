#include "host/machine.hpp"

#include "config/value.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace lacuna::host {

namespace {

constexpr std::string_view kPci = "sys/bus/pci/devices/";
constexpr std::uint64_t kNetwork = 0x02; ///< base class of the PCI code and ID specification

/// The number at the end of "node3", if `name` begins with `prefix` and goes on with nothing else.
std::optional<int> number_behind(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    int n = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), n);
    if (read.ec != std::errc() || read.ptr != name.data() + name.size() || n < 0)
        return std::nullopt;
    return n;
}

std::vector<unsigned> cpu_list(const Tree& tree, const std::string& path) {
    return config::cpus_from(tree.line(path)).value_or(std::vector<unsigned>{});
}

std::string hugepages_folder(int node) {
    return node < 0 ? "sys/kernel/mm/hugepages"
                    : fmt::format("sys/devices/system/node/node{}/hugepages", node);
}

/// Interfaces of a device; those of virtio hang one device deeper.
std::string interfaces_of(const Tree& tree, const std::string& folder) {
    std::string out;
    std::vector<std::string> folders = {folder + "/net"};
    for (const std::string& inner : tree.names(folder))
        if (inner.starts_with("virtio")) folders.push_back(folder + "/" + inner + "/net");
    for (const std::string& f : folders)
        for (const std::string& name : tree.names(f))
            out += (out.empty() ? "" : ", ") + name;
    return out;
}

} // namespace

bool Cpus::is_isolated(unsigned cpu) const {
    return std::find(isolated.begin(), isolated.end(), cpu) != isolated.end();
}

Cpus read_cpus(const Tree& tree) {
    Cpus cpus;
    cpus.isolated = cpu_list(tree, "sys/devices/system/cpu/isolated");
    for (const int node : numa_nodes(tree)) {
        for (const unsigned cpu :
             cpu_list(tree, fmt::format("sys/devices/system/node/node{}/cpulist", node))) {
            if (cpus.node_of.size() <= cpu) cpus.node_of.resize(cpu + 1, -1);
            cpus.node_of[cpu] = node;
        }
    }
    return cpus;
}

std::vector<int> numa_nodes(const Tree& tree) {
    std::vector<int> nodes;
    for (const std::string& name : tree.names("sys/devices/system/node"))
        if (const auto n = number_behind(name, "node")) nodes.push_back(*n);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

std::vector<Hugepages> read_hugepages(const Tree& tree, int node) {
    std::vector<Hugepages> out;
    const std::string folder = hugepages_folder(node);
    for (std::string name : tree.names(folder)) {
        const std::string path = folder + "/" + name;
        if (!name.ends_with("kB")) continue;
        name.resize(name.size() - 2);
        const auto kib = number_behind(name, "hugepages-");
        if (!kib) continue;
        out.push_back({static_cast<std::uint64_t>(*kib),
                       tree.number(path + "/nr_hugepages").value_or(0),
                       tree.number(path + "/free_hugepages").value_or(0)});
    }
    std::sort(out.begin(), out.end(),
              [](const Hugepages& a, const Hugepages& b) { return a.kib < b.kib; });
    return out;
}

std::uint64_t free_mib(const std::vector<Hugepages>& pages) {
    std::uint64_t kib = 0;
    for (const Hugepages& p : pages)
        kib += p.kib * p.free;
    return kib / 1024;
}

std::string hugepages_file(std::uint64_t kib, int node) {
    return fmt::format("/{}/hugepages-{}kB/nr_hugepages", hugepages_folder(node), kib);
}

std::optional<PciDevice> read_pci(const Tree& tree, const std::string& address) {
    const std::string folder = std::string(kPci) + address;
    if (!tree.exists(folder)) return std::nullopt;
    PciDevice d;
    d.address = address;
    d.model = fmt::format("{:04x}:{:04x}", tree.number(folder + "/vendor").value_or(0),
                          tree.number(folder + "/device").value_or(0));
    d.driver = tree.target(folder + "/driver");
    d.interfaces = interfaces_of(tree, folder);
    d.node = node_of_device(tree, folder);
    const std::string group = tree.target(folder + "/iommu_group");
    d.iommu_group = number_behind(group, "").value_or(-1);
    d.network = tree.number(folder + "/class").value_or(kNetwork << 16) >> 16 == kNetwork;
    return d;
}

std::vector<PciDevice> read_nics(const Tree& tree) {
    std::vector<PciDevice> out;
    for (const std::string& address : tree.names(std::string(kPci))) {
        const auto code = tree.number(std::string(kPci) + address + "/class");
        if (!code || *code >> 16 != kNetwork) continue;
        if (auto device = read_pci(tree, address)) out.push_back(std::move(*device));
    }
    return out;
}

bool has_iommu(const Tree& tree) {
    return !tree.names("sys/kernel/iommu_groups").empty();
}

bool leaves_to_dpdk(std::string_view driver) {
    return driver.starts_with("vfio") || driver.starts_with("uio") || driver == "igb_uio"
           || shares_with_dpdk(driver);
}

bool shares_with_dpdk(std::string_view driver) {
    return driver.starts_with("mlx") || driver.starts_with("mana");
}

int node_of_device(const Tree& tree, const std::string& folder) {
    const auto node = tree.number(folder + "/numa_node"); // "-1" is no number here
    return node ? static_cast<int>(*node) : -1;
}

} // namespace lacuna::host
