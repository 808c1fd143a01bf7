// Which CPUs the loops of a run get, and why.
#pragma once

#include "config/run_config.hpp"
#include "host/machine.hpp"
#include "pipeline/layout/layout.hpp"
#include "port/eal.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

/// What the machine offers, as far as a plan needs it.
struct Machine {
    std::vector<unsigned> usable; ///< CPUs this process may run on, ascending
    host::Cpus cpus;
    std::uint64_t memory_mib = 0;    ///< all of it
    std::uint64_t hugepages_mib = 0; ///< free
};
Machine look_at_machine();

/// Whether there is the memory the configuration asks for; EAL does not survive the want of it.
/// Errors (exit 1).
Status check_memory(const config::RunConfig& config, const Machine& machine);

/// CPUs for the loops in the order of the layout; empty: the scheduler places them.
struct CpuPlan {
    std::vector<unsigned> cpus;
    std::string reason; ///< one line
};

/// CPUs the configuration names; else, where there are more than loops: isolated ones first, then
/// those on the NUMA node of the first port, CPU 0 last.
CpuPlan plan_cpus(const config::RunConfig& config, const pipeline::Layout& layout,
                  const Machine& machine, int port_node);

/// The EAL arguments of a run: the user's own, and what configuration and plan ask for beside them.
std::vector<std::string> run_eal_arguments(const config::RunConfig& config, const CpuPlan& plan,
                                           const Machine& machine,
                                           const std::vector<std::string>& user);

} // namespace lacuna::app
