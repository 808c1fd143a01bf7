#include "host/checkup.hpp"

#include <algorithm>

namespace lacuna::host {

const char* level_name(Level level) {
    return level == Level::ok ? "ok" : level == Level::warning ? "warning" : "problem";
}

std::vector<const config::PortConfig*> HostDescription::ports() const {
    std::vector<const config::PortConfig*> out;
    if (config != nullptr)
        for (const config::PortConfig& p : config->ports)
            out.push_back(&p);
    return out;
}

bool HostDescription::uses(config::Driver driver) const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(), [driver](const config::PortConfig* p) {
        return !p->interface.empty() && p->driver == driver;
    });
}

bool HostDescription::uses_pci() const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(),
                       [](const config::PortConfig* p) { return !p->pci.empty(); });
}

bool HostDescription::uses_vfio() const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(), [this](const config::PortConfig* p) {
        const auto device = p->pci.empty() ? std::nullopt : read_pci(tree, p->pci);
        return !p->pci.empty() && (!device || !shares_with_dpdk(device->driver));
    });
}

bool HostDescription::shares_nics() const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(), [this](const config::PortConfig* p) {
        const auto device = p->pci.empty() ? std::nullopt : read_pci(tree, p->pci);
        return device && shares_with_dpdk(device->driver);
    });
}

std::vector<Finding> check_host(const HostDescription& description) {
    Findings out;
    for (const auto topic : {check_software, check_memory, check_cpus, check_iommu, check_nics,
                             check_interfaces, check_privileges, check_folders})
        topic(description, out);
    return out;
}

} // namespace lacuna::host
