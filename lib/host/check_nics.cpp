// NICs that DPDK drives: IOMMU, vfio, who has the device.
#include "host/checkup.hpp"

#include <fmt/format.h>

namespace lacuna::host {

namespace {

constexpr const char* kUio = "sys/bus/pci/drivers/uio_pci_generic";

/// Whether vfio gives devices away without an IOMMU.
bool unsafe_vfio(const Tree& tree) {
    return tree.line("sys/module/vfio/parameters/enable_unsafe_noiommu_mode") == "Y";
}

/// What a driver cannot confess is the network's loss to whoever reads the report.
void check_confession(const PciDevice& device, const std::string& name, Findings& out) {
    // The bound driver tells nothing of the device; virtio has one vendor.
    if (!device.model.starts_with("1af4:")) return;
    out.push_back({Level::warning, name,
                   "virtio has no counter of drops: what lacuna loses there looks like the "
                   "network's loss",
                   "give the port CPUs enough, or listen to its kernel interface (af_packet)"});
}

/// Without an IOMMU vfio takes a device only in its unsafe mode, which some kernels lack
/// (Debian's). uio_pci_generic protects as little, needs no mode, and serves NICs with a legacy
/// interrupt.
std::string bind_command(const Tree& tree, const std::string& address) {
    const char* const driver =
        has_iommu(tree) || unsafe_vfio(tree) ? "vfio-pci" : "uio_pci_generic";
    return fmt::format("modprobe {1}; dpdk-devbind.py -b {1} {0} (or scripts/bind-nic bind {0})",
                       address, driver);
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
    // A device that somebody emulates tells a width of 0 or 255, and no speed.
    const auto width = tree.number(folder + "/current_link_width").value_or(0);
    const auto widest = tree.number(folder + "/max_link_width").value_or(0);
    constexpr std::uint64_t kWidest = 32;
    const bool real = width >= 1 && width <= kWidest && widest <= kWidest
                      && speed.find("Unknown") == speed.npos
                      && fastest.find("Unknown") == fastest.npos;
    if (!real || (now == most && speed == fastest)) return;
    out.push_back(
        {Level::warning, name,
         fmt::format("its slot gives x{} at {}, it can x{} at {}", now, speed, most, fastest),
         "move it to a wider slot, if its rate needs that"});
}

void check_vfio(const HostDescription& description, const std::string& name, const PciDevice& d,
                Findings& out) {
    const bool iommu = d.iommu_group >= 0;
    if (!iommu && !unsafe_vfio(description.tree)) {
        out.push_back({Level::problem, name, d.address + " is in no IOMMU group",
                       "add intel_iommu=on iommu=pt (AMD: iommu=pt) to the kernel's command line; "
                       "on a machine without IOMMU: "
                           + bind_command(description.tree, d.address)});
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
                       bind_command(description.tree, other)});
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
                       bind_command(description.tree, port.pci)});
    } else if (device->driver.starts_with("vfio")) {
        check_vfio(description, port.name, *device, out);
    } else {
        out.push_back({Level::ok, port.name, device_text(*device), ""});
    }
    check_confession(*device, port.name, out);
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
                       "off: nothing keeps a NIC given to DPDK from memory that is not its own",
                       "add intel_iommu=on iommu=pt (AMD: iommu=pt) to the kernel's command line "
                       "(GRUB_CMDLINE_LINUX in /etc/default/grub; update-grub; reboot)"});
    else
        out.push_back({Level::ok, "iommu", "off; only NICs given to DPDK would need it", ""});
    if (vfio)
        out.push_back({Level::ok, "vfio", "vfio-pci is loaded", ""});
    else if (description.uses_vfio() && !iommu && description.tree.exists(kUio))
        out.push_back(
            {Level::ok, "vfio", "not loaded; uio_pci_generic is, and needs no IOMMU", ""});
    else if (description.uses_vfio())
        out.push_back({Level::warning, "vfio", "vfio-pci is not loaded",
                       iommu ? "modprobe vfio-pci" : "modprobe uio_pci_generic"});
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
