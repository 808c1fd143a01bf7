#include "host/checkup.hpp"

#include <algorithm>

namespace lacuna::host {

const char* level_name(Level level) {
    return level == Level::ok ? "ok" : level == Level::warning ? "warning" : "problem";
}

std::vector<const config::PortConfig*> Patient::ports() const {
    std::vector<const config::PortConfig*> out;
    if (config != nullptr)
        for (const config::PortConfig& p : config->ports)
            out.push_back(&p);
    return out;
}

bool Patient::uses(config::Driver driver) const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(), [driver](const config::PortConfig* p) {
        return !p->interface.empty() && p->driver == driver;
    });
}

bool Patient::uses_pci() const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(),
                       [](const config::PortConfig* p) { return !p->pci.empty(); });
}

bool Patient::uses_vfio() const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(), [this](const config::PortConfig* p) {
        const auto device = p->pci.empty() ? std::nullopt : read_pci(tree, p->pci);
        return !p->pci.empty() && (!device || !shares_with_dpdk(device->driver));
    });
}

bool Patient::shares_nics() const {
    const auto all = ports();
    return std::any_of(all.begin(), all.end(), [this](const config::PortConfig* p) {
        const auto device = p->pci.empty() ? std::nullopt : read_pci(tree, p->pci);
        return device && shares_with_dpdk(device->driver);
    });
}

std::vector<Finding> examine(const Patient& patient) {
    Findings out;
    for (const auto topic : {check_software, check_memory, check_cpus, check_iommu, check_nics,
                             check_interfaces, check_privileges, check_folders})
        topic(patient, out);
    return out;
}

} // namespace lacuna::host
