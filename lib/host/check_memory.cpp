// Hugepages and ordinary memory.
#include "host/checkup.hpp"

#include <fmt/format.h>
#include <set>

namespace lacuna::host {

namespace {

const std::uint64_t kDefaultMib = config::RunSettings{}.memory;

std::string size_text(std::uint64_t kib) {
    return kib % 1048576 == 0 ? fmt::format("{} GiB", kib / 1048576)
                              : fmt::format("{} MiB", kib / 1024);
}

/// "256 free of 512 of 2 MiB, 0 of 0 of 1 GiB".
std::string pools_text(const std::vector<Hugepages>& pools) {
    std::string out;
    for (const Hugepages& p : pools)
        out += fmt::format("{}{} free of {} of {}", out.empty() ? "" : ", ", p.free, p.total,
                           size_text(p.kib));
    return out.empty() ? "none" : out;
}

/// What adds the missing pages, of the smallest size: those can be had without a reboot.
std::string command(const std::vector<Hugepages>& pools, std::uint64_t wanted_mib, int node) {
    if (pools.empty()) return "use a kernel with hugetlbfs";
    const Hugepages& p = pools.front();
    const std::uint64_t missing = (wanted_mib - free_mib(pools)) * 1024;
    return fmt::format("echo {} > {}", p.total + (missing + p.kib - 1) / p.kib,
                       hugepages_file(p.kib, node));
}

std::uint64_t available_mib(const Tree& tree) {
    const std::string text = tree.text("proc/meminfo");
    const auto at = text.find("MemAvailable:");
    return at == text.npos ? UINT64_MAX : std::strtoull(text.c_str() + at + 13, nullptr, 10) / 1024;
}

/// Hugepages must lie where the NICs are, or every packet crosses the link between the sockets.
void check_nodes(const HostDescription& description, std::uint64_t wanted, Findings& out) {
    if (numa_nodes(description.tree).size() < 2) return;
    std::set<int> seen;
    for (const config::PortConfig* p : description.ports()) {
        if (p->pci.empty()) continue;
        const auto device = read_pci(description.tree, p->pci);
        const int node = p->numa >= 0 ? p->numa : device ? device->node : -1;
        if (node < 0 || !seen.insert(node).second) continue;
        const auto pools = read_hugepages(description.tree, node);
        if (free_mib(pools) >= wanted) {
            out.push_back({Level::ok, "hugepages",
                           fmt::format("NUMA node {}: {}", node, pools_text(pools)), ""});
        } else {
            out.push_back({Level::warning, "hugepages",
                           fmt::format("NUMA node {}, where {} is: {}; {} MiB are wanted", node,
                                       p->name, pools_text(pools), wanted),
                           command(pools, wanted, node)});
        }
    }
}

} // namespace

void check_memory(const HostDescription& description, Findings& out) {
    const config::RunConfig* c = description.config;
    const std::uint64_t wanted = c != nullptr ? c->run.memory : kDefaultMib;
    const auto wish = c != nullptr ? c->run.hugepages : config::Hugepages::automatic;
    const auto pools = read_hugepages(description.tree);
    const bool enough = free_mib(pools) >= wanted;

    if (enough && wish != config::Hugepages::no) {
        out.push_back({Level::ok, "hugepages",
                       fmt::format("{}; {} MiB are wanted", pools_text(pools), wanted), ""});
        return check_nodes(description, wanted, out);
    }
    // A NIC without IOMMU needs memory whose physical addresses are known and stay.
    const bool physical = description.uses_vfio() && !has_iommu(description.tree);
    if (wish == config::Hugepages::no && physical) {
        out.push_back({Level::problem, "hugepages",
                       "a NIC of DPDK's without IOMMU needs some, the configuration wants none",
                       "set hugepages = \"auto\" in [run]"});
        return;
    }
    const bool needed = wish == config::Hugepages::yes || physical;
    if (wish != config::Hugepages::no)
        out.push_back({needed ? Level::problem : Level::warning, "hugepages",
                       fmt::format("{}; {} MiB are {}", pools_text(pools), wanted,
                                   needed ? "needed" : "wanted: ordinary memory will be used"),
                       command(pools, wanted, -1)});
    if (needed) return;
    const std::uint64_t available = available_mib(description.tree);
    if (available < wanted)
        out.push_back({Level::problem, "memory",
                       fmt::format("{} MiB available, {} MiB are needed", available, wanted),
                       "end other programs, or set memory in [run] lower"});
    else if (wish == config::Hugepages::no)
        out.push_back({Level::ok, "memory", fmt::format("ordinary memory, {} MiB", wanted), ""});
}

} // namespace lacuna::host
