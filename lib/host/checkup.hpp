// Whether a host is ready for a run, and what would make it so.
#pragma once

#include "config/run_config.hpp"
#include "host/machine.hpp"
#include "host/process.hpp"

#include <string>
#include <vector>

namespace lacuna::host {

enum class Level : std::uint8_t {
    ok,
    warning, ///< the run works, but not as well as it could
    problem, ///< the run cannot start
};
const char* level_name(Level level); ///< "ok", "warning", "problem"

struct Finding {
    Level level;
    std::string topic; ///< "hugepages", or the name of a port
    std::string what;  ///< one line
    std::string mend;  ///< the command that mends it, or what to do; empty where nothing is wrong
};

/// An XDP program on an interface.
struct XdpProgram {
    std::string interface;
    std::uint32_t id = 0;
    std::string name;  ///< empty: no permission to ask
    bool ours = false; ///< lacuna's steering program
};

/// What is checked. The host itself is seen through `tree`; what no file of the kernel's tells
/// comes with it.
struct HostDescription {
    Tree tree;
    Process process;
    const config::RunConfig* config = nullptr; ///< of the run to be; null: none is named
    std::uint32_t loops = 1;                   ///< lcores its layout wants
    std::vector<unsigned> cpus;                ///< the process may run on these
    std::string dpdk;                          ///< "DPDK 22.11.7"
    bool xdp_built = true;                     ///< AF_XDP is part of this lacuna
    std::vector<XdpProgram> programs;          ///< attached at present
    std::string runtime; ///< folder of EAL's runtime files, relative to the tree's root

    /// PCI ports and interfaces of the configuration, if there is one.
    std::vector<const config::PortConfig*> ports() const;
    bool uses(config::Driver driver) const;
    bool uses_pci() const;
    /// NICs that DPDK has alone (so that memory and vfio matter), or together with the kernel.
    bool uses_vfio() const;
    bool shares_nics() const;
};

/// Everything there is to say, topic by topic. Nothing is changed.
std::vector<Finding> check_host(const HostDescription& description);

// The topics; each adds at least one finding where it applies.
using Findings = std::vector<Finding>;
void check_software(const HostDescription& description, Findings& out);
void check_memory(const HostDescription& description, Findings& out);
void check_cpus(const HostDescription& description, Findings& out);
void check_iommu(const HostDescription& description, Findings& out);
void check_nics(const HostDescription& description, Findings& out);
void check_interfaces(const HostDescription& description, Findings& out);
void check_privileges(const HostDescription& description, Findings& out);
void check_folders(const HostDescription& description, Findings& out);

} // namespace lacuna::host
