// NICs that DPDK drives: IOMMU, vfio, who has the device.
#include "host/checkup.hpp"

#include <fmt/format.h>

namespace lacuna::host {

namespace {

std::string bind_command(const std::string& address) {
    return fmt::format("modprobe vfio-pci; dpdk-devbind.py -b vfio-pci {0} (or scripts/bind-nic "
                       "bind {0})",
                       address);
}

std::string device_text(const PciDevice& d) {
    std::string text =
        fmt::format("{} {}, driver {}", d.address, d.model, d.driver.empty() ? "none" : d.driver);
    if (!d.interfaces.empty()) text += " (" + d.interfaces + ")";
    if (d.node >= 0) text += fmt::format(", NUMA node {}", d.node);
    return text;
}

/// A group is given away whole: a device in it that the kernel still drives blocks the others.
std::string neighbour(const Tree& tree, const PciDevice& device) {
    const std::string folder =
        fmt::format("sys/kernel/iommu_groups/{}/devices", device.iommu_group);
    for (const std::string& address : tree.names(folder)) {
        if (address == device.address) continue;
        const auto other = read_pci(tree, address);
        const bool bridge = other && other->driver == "pcieport";
        if (other && !other->driver.empty() && !bridge && !leaves_to_dpdk(other->driver))
            return address;
    }
    return {};
}

/// A slot narrower than the card halves what a NIC can deliver.
void check_slot(const Tree& tree, const std::string& name, const std::string& folder,
                Findings& out) {
    const std::string now = tree.line(folder + "/current_link_width");
    const std::string most = tree.line(folder + "/max_link_width");
    const std::string speed = tree.line(folder + "/current_link_speed");
    const std::string fastest = tree.line(folder + "/max_link_speed");
    if (now == most && speed == fastest) return;
    out.push_back(
        {Level::warning, name,
         fmt::format("its slot gives x{} at {}, it can x{} at {}", now, speed, most, fastest),
         "move it to a wider slot, if its rate needs that"});
}

void check_vfio(const HostDescription& description, const std::string& name, const PciDevice& d,
                Findings& out) {
    const bool iommu = d.iommu_group >= 0;
    const std::string unsafe = "sys/module/vfio/parameters/enable_unsafe_noiommu_mode";
    if (!iommu && description.tree.line(unsafe) != "Y") {
        out.push_back({Level::problem, name, d.address + " is in no IOMMU group",
                       "add intel_iommu=on iommu=pt (AMD: iommu=pt) to the kernel's command line; "
                       "on a virtual machine: echo 1 > /"
                           + unsafe});
        return;
    }
    const std::string group =
        iommu ? fmt::format("dev/vfio/{}", d.iommu_group) : std::string("dev/vfio");
    if (iommu && !description.process.root && !description.tree.writable(group)) {
        out.push_back(
            {Level::problem, name, "no permission for /" + group, "chown $USER /" + group});
        return;
    }
    if (const std::string other = neighbour(description.tree, d); iommu && !other.empty()) {
        out.push_back({Level::problem, name,
                       fmt::format("shares IOMMU group {} with {}, which the kernel drives",
                                   d.iommu_group, other),
                       bind_command(other)});
        return;
    }
    out.push_back({Level::ok, name, device_text(d), ""});
}

void check_bound(const HostDescription& description, const config::PortConfig& port,
                 Findings& out) {
    const auto device = read_pci(description.tree, port.pci);
    if (!device) {
        out.push_back({Level::problem, port.name, "there is no PCI device " + port.pci,
                       "lspci -D | grep -i net; then set pci"});
        return;
    }
    if (!device->network) {
        out.push_back({Level::problem, port.name, port.pci + " is no network controller",
                       "lspci -D | grep -i net; then set pci"});
        return;
    }
    if (device->driver.empty() || !leaves_to_dpdk(device->driver)) {
        out.push_back({Level::problem, port.name,
                       device->driver.empty() ? port.pci + " is bound to no driver"
                                              : device_text(*device) + ": the kernel has it",
                       bind_command(port.pci)});
    } else if (device->driver.starts_with("vfio")) {
        check_vfio(description, port.name, *device, out);
    } else {
        out.push_back({Level::ok, port.name, device_text(*device), ""});
    }
    check_slot(description.tree, port.name, "sys/bus/pci/devices/" + port.pci, out);
}

} // namespace

void check_iommu(const HostDescription& description, Findings& out) {
    const bool vfio = description.tree.exists("sys/module/vfio_pci")
                      || description.tree.exists("sys/bus/pci/drivers/vfio-pci");
    const bool iommu = has_iommu(description.tree);
    const bool matters = description.uses_vfio() || description.config == nullptr;
    if (!matters) return;
    if (iommu)
        out.push_back({Level::ok, "iommu", "on", ""});
    else if (description.uses_vfio())
        out.push_back({Level::warning, "iommu",
                       "off: NICs can be given to DPDK in unsafe mode only",
                       "add intel_iommu=on iommu=pt (AMD: iommu=pt) to the kernel's command line "
                       "(GRUB_CMDLINE_LINUX in /etc/default/grub; update-grub; reboot)"});
    else
        out.push_back({Level::ok, "iommu", "off; only NICs given to DPDK would need it", ""});
    if (vfio)
        out.push_back({Level::ok, "vfio", "vfio-pci is loaded", ""});
    else if (description.uses_vfio())
        out.push_back({Level::warning, "vfio", "vfio-pci is not loaded", "modprobe vfio-pci"});
    else
        out.push_back({Level::ok, "vfio",
                       "vfio-pci is not loaded; only NICs given to DPDK would need it", ""});
}

void check_nics(const HostDescription& description, Findings& out) {
    if (description.config == nullptr) {
        const auto nics = read_nics(description.tree);
        for (const PciDevice& d : nics)
            out.push_back({Level::ok, "nic", device_text(d), ""});
        if (nics.empty()) out.push_back({Level::ok, "nic", "no network controller on PCI", ""});
        return;
    }
    for (const config::PortConfig* p : description.ports())
        if (!p->pci.empty()) check_bound(description, *p, out);
}

} // namespace lacuna::host
