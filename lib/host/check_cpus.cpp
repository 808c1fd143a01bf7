// CPUs: enough of them, kept free, fast, near the NICs.
#include "config/value.hpp"
#include "host/checkup.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::host {

namespace {

std::vector<unsigned> named(const HostDescription& description) {
    return description.config != nullptr ? description.config->pipeline.lcores
                                         : std::vector<unsigned>{};
}

void count(const HostDescription& description, Findings& out) {
    const std::size_t usable = description.cpus.size();
    const std::string what =
        fmt::format("{} CPU{} to run on, {} loop{}", usable, usable == 1 ? "" : "s",
                    description.loops, description.loops == 1 ? "" : "s");
    if (usable > description.loops)
        out.push_back({Level::ok, "cpus", what, ""});
    else
        out.push_back({Level::warning, "cpus", what + ": loops share CPUs with everything else",
                       "give it more CPUs, or choose a smaller layout"});
}

/// Loops that are interrupted by other programs drop packets; where the loops shall go is either
/// said, or the plan takes isolated CPUs first.
void isolation(const HostDescription& description, const Cpus& cpus, Findings& out) {
    std::vector<unsigned> shared;
    for (const unsigned cpu : named(description))
        if (!cpus.is_isolated(cpu)) shared.push_back(cpu);
    const auto command = [](const std::string& list) {
        return fmt::format("add isolcpus={0} nohz_full={0} rcu_nocbs={0} to the kernel's command "
                           "line (GRUB_CMDLINE_LINUX in /etc/default/grub; update-grub; reboot)",
                           list);
    };
    const bool spins =
        description.config != nullptr && description.config->pipeline.wait == config::Wait::spin;
    if (!shared.empty()) {
        out.push_back({Level::warning, "isolation",
                       fmt::format("CPUs {} are named for loops but not kept free",
                                   config::cpus_text(shared)),
                       command(config::cpus_text(named(description)))});
    } else if (cpus.isolated.size() >= description.loops) {
        out.push_back({Level::ok, "isolation",
                       fmt::format("CPUs {} are kept free", config::cpus_text(cpus.isolated)), ""});
    } else if (description.uses_pci() || spins) {
        std::vector<unsigned> last = description.cpus;
        const std::size_t most = last.empty() ? 0 : last.size() - 1; // one for everything else
        last.erase(last.begin(), last.end()
                                     - static_cast<std::ptrdiff_t>(
                                         std::min<std::size_t>(description.loops, most)));
        out.push_back({Level::warning, "isolation",
                       "no CPU is kept free: the loops will be interrupted",
                       last.empty() ? "give it more CPUs" : command(config::cpus_text(last))});
    } else {
        out.push_back({Level::ok, "isolation",
                       "no CPU is kept free, which is enough for moderate rates", ""});
    }
}

void governor(const HostDescription& description, Findings& out) {
    std::string slow;
    bool any = false;
    for (const unsigned cpu : description.cpus) {
        const std::string now = description.tree.line(
            fmt::format("sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor", cpu));
        any |= !now.empty();
        if (!now.empty() && now != "performance") slow = now;
    }
    if (!any)
        out.push_back({Level::ok, "governor", "the clock of the CPUs is not set from here", ""});
    else if (slow.empty())
        out.push_back({Level::ok, "governor", "performance", ""});
    else
        out.push_back({Level::warning, "governor", slow + ": CPUs slow down between bursts",
                       "echo performance | tee "
                       "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"});
}

/// Times of packets come from the time-stamp counter.
void counter(const HostDescription& description, Findings& out) {
    const std::string info = description.tree.text("proc/cpuinfo");
    if (info.find("flags") == info.npos) return; // another architecture
    const bool steady = info.find(" constant_tsc") != info.npos;
    const std::string source =
        description.tree.line("sys/devices/system/clocksource/clocksource0/current_clocksource");
    if (steady)
        out.push_back({Level::ok, "clock",
                       "the time-stamp counter is constant; the kernel uses "
                           + (source.empty() ? "none" : source),
                       ""});
    else
        out.push_back({Level::warning, "clock",
                       "the time-stamp counter is not constant: packet times may drift",
                       "leave the clock of the CPUs alone (governor performance)"});
}

void nodes(const HostDescription& description, const Cpus& cpus, Findings& out) {
    if (numa_nodes(description.tree).size() < 2) return;
    for (const config::PortConfig* p : description.ports()) {
        const int node =
            !p->pci.empty()
                ? node_of_device(description.tree, "sys/bus/pci/devices/" + p->pci)
                : node_of_device(description.tree, "sys/class/net/" + p->interface + "/device");
        if (node < 0) continue;
        std::vector<unsigned> far;
        for (const unsigned cpu : named(description))
            if (cpus.node(cpu) != node) far.push_back(cpu);
        if (far.empty())
            out.push_back({Level::ok, "numa", fmt::format("{} is on node {}", p->name, node), ""});
        else
            out.push_back({Level::warning, "numa",
                           fmt::format("{} is on node {}, CPUs {} are not", p->name, node,
                                       config::cpus_text(far)),
                           fmt::format("take lcores of /sys/devices/system/node/node{}/cpulist, "
                                       "or leave lcores out",
                                       node)});
    }
}

/// Two loops on the threads of one core take its time from each other.
void siblings(const HostDescription& description, Findings& out) {
    const auto cpus = named(description);
    for (const unsigned cpu : cpus) {
        const auto others = config::cpus_from(description.tree.line(
            fmt::format("sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu)));
        if (!others) continue;
        for (const unsigned other : *others)
            if (other > cpu && std::find(cpus.begin(), cpus.end(), other) != cpus.end())
                out.push_back({Level::warning, "cpus",
                               fmt::format("CPUs {} and {} are threads of one core", cpu, other),
                               "name one CPU of each core in lcores"});
    }
}

} // namespace

void check_cpus(const HostDescription& description, Findings& out) {
    const Cpus cpus = read_cpus(description.tree);
    count(description, out);
    siblings(description, out);
    isolation(description, cpus, out);
    governor(description, out);
    counter(description, out);
    nodes(description, cpus, out);
}

} // namespace lacuna::host
