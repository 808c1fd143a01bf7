#include "run/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace lacuna::app {

Machine look_at_machine() {
    const host::Tree tree;
    const auto pages = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PHYS_PAGES)));
    const auto octets = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return {port::usable_cpus(), host::read_cpus(tree), pages * octets >> 20,
            host::free_mib(host::read_hugepages(tree))};
}

Status check_memory(const config::RunConfig& config, const Machine& machine) {
    const std::uint64_t wanted = config.run.memory;
    if (config.run.hugepages == config::Hugepages::yes && machine.hugepages_mib < wanted)
        return Error{fmt::format("{} MiB of hugepages are free, {} MiB are wanted",
                                 machine.hugepages_mib, wanted),
                     "hugepages = \"yes\"",
                     "lacuna doctor says how to reserve them; or set hugepages = \"auto\"", 1};
    if (machine.memory_mib < wanted)
        return Error{fmt::format("this host has {} MiB", machine.memory_mib),
                     fmt::format("memory = {} MiB", wanted), "512 is the default", 1};
    return {};
}

CpuPlan plan_cpus(const config::RunConfig& config, const pipeline::Layout& layout,
                  const Machine& machine, int port_node) {
    CpuPlan plan;
    if (!config.pipeline.lcores.empty()) {
        plan.cpus = config.pipeline.lcores;
        plan.reason = fmt::format("CPUs {} as configured", fmt::join(plan.cpus, ","));
        return plan;
    }
    const std::size_t wanted = layout.lcores();
    if (machine.usable.size() <= wanted) {
        plan.reason = fmt::format("{} loop{} on {} CPU{}: the scheduler places them", wanted,
                                  wanted == 1 ? "" : "s", machine.usable.size(),
                                  machine.usable.size() == 1 ? "" : "s");
        return plan;
    }
    const auto rank = [&](unsigned cpu) {
        const bool near = port_node < 0 || machine.cpus.node(cpu) == port_node;
        return (machine.cpus.is_isolated(cpu) ? 0 : 4) + (near ? 0 : 2) + (cpu == 0 ? 1 : 0);
    };
    std::vector<unsigned> order = machine.usable;
    std::stable_sort(order.begin(), order.end(),
                     [&](unsigned a, unsigned b) { return rank(a) < rank(b); });
    order.resize(wanted);
    const auto isolated = std::count_if(order.begin(), order.end(),
                                        [&](unsigned c) { return machine.cpus.is_isolated(c); });
    plan.reason = fmt::format("CPUs {}", fmt::join(order, ","));
    if (isolated != 0) plan.reason += fmt::format(", {} of them isolated", isolated);
    const bool near = std::all_of(order.begin(), order.end(),
                                  [&](unsigned c) { return machine.cpus.node(c) == port_node; });
    if (port_node >= 0)
        plan.reason += near ? fmt::format(", on NUMA node {} as the port is", port_node)
                            : fmt::format(", not all on the port's NUMA node {}", port_node);
    plan.cpus = std::move(order);
    return plan;
}

std::vector<std::string> run_eal_arguments(const config::RunConfig& config, const CpuPlan& plan,
                                           const Machine& machine,
                                           const std::vector<std::string>& user) {
    std::vector<std::string> args;
    const auto mentioned = [&user](std::string_view name) {
        return std::any_of(user.begin(), user.end(),
                           [name](const std::string& a) { return a.starts_with(name); });
    };
    if (!plan.cpus.empty() && !mentioned("-l") && !mentioned("--lcores")) {
        std::string map = config.pipeline.main_lcore >= 0
                              ? fmt::format("0@{}", config.pipeline.main_lcore)
                              : fmt::format("0@({})", fmt::join(machine.usable, ","));
        for (std::size_t i = 0; i < plan.cpus.size(); ++i)
            map += fmt::format(",{}@{}", i + 1, plan.cpus[i]);
        args.insert(args.end(), {"--lcores", map});
    }
    const std::string memory = fmt::format("{}", config.run.memory);
    switch (config.run.hugepages) {
    case config::Hugepages::automatic:
        break;
    case config::Hugepages::yes:
        args.insert(args.end(), {"--in-memory", "-m", memory});
        break;
    case config::Hugepages::no:
        args.insert(args.end(), {"--no-huge", "--no-shconf", "-m", memory});
        break;
    }
    for (const config::PortConfig& p : config.ports)
        if (!p.pci.empty()) args.insert(args.end(), {"-a", p.pci});
    if (!config.run.file_prefix.empty()) args.push_back("--file-prefix=" + config.run.file_prefix);
    if (config.telemetry.socket && !mentioned("--no-telemetry")) args.push_back("--telemetry");
    args.insert(args.end(), user.begin(), user.end());
    return args;
}

} // namespace lacuna::app
