// Bringing a live port's device into being, whatever kind it is.
#include "host/machine.hpp"
#include "port/live/live_port.hpp"
#include "port/live/log_ear.hpp"
#include "port/live/pci_cause.hpp"

#include <unistd.h>

namespace lacuna::port {

namespace {

/// Frames an af_packet or AF_XDP ring holds where nothing else is asked for.
constexpr std::uint32_t kPacketFrames = 4096;
/// And octets of that ring, which are locked in memory.
constexpr std::uint32_t kPacketOctets = 64 << 20;

/// Name and arguments of the driver that listens to an interface.
/// Sets `c.descriptors` to what the ring will hold.
Result<std::pair<std::string, std::string>> vdev_for(config::PortConfig& c, std::size_t serial,
                                                     std::uint32_t mtu,
                                                     const std::string& xdp_program) {
    const std::string n = std::to_string(serial);
    const std::string interface = "iface=" + c.interface;
    switch (c.driver) {
    case config::Driver::tap:
        return std::pair{"net_tap" + n, interface};
    case config::Driver::af_packet: {
        // The ring is made of blocks that hold whole frames; longer frames are cut.
        constexpr std::uint32_t kFrameHead = 96;
        std::uint32_t frame = 2048;
        while (frame < std::min(mtu, kPacketMtu) + kFrameHead + 22)
            frame *= 2;
        const std::uint32_t block = std::max<std::uint32_t>(frame, 65536);
        const std::uint32_t in_block = block / frame;
        if (c.descriptors == 0) c.descriptors = std::min(kPacketFrames, kPacketOctets / frame);
        c.descriptors = (c.descriptors + in_block - 1) / in_block * in_block;
        const std::uint32_t count = c.descriptors;
        // The driver locks a ring to receive and one to send for each queue.
        const std::uint64_t locked = std::uint64_t{2} * c.queues * count * frame;
        if (Status s = check_lockable(c.name, locked, "fewer descriptors or queues"); !s)
            return s.error();
        return std::pair{"net_af_packet" + n, interface + ",qpairs=" + std::to_string(c.queues)
                                                  + ",framesz=" + std::to_string(frame)
                                                  + ",blocksz=" + std::to_string(block)
                                                  + ",framecnt=" + std::to_string(count)};
    }
    case config::Driver::af_xdp:
        break;
    }
    std::string args = interface + ",queue_count=" + std::to_string(c.queues);
    if (!xdp_program.empty()) args += ",xdp_prog=" + xdp_program;
    // Behind the driver there is no memory to share with the NIC.
    if (c.xdp == config::Xdp::generic) args += ",force_copy=1";
    return std::pair{"net_af_xdp" + n, args};
}

} // namespace

Status check_pci(const std::string& address) {
    const auto device = host::read_pci(host::Tree(), address);
    if (!device) return Error{"no such PCI device", address, "see: lspci -D", 2};
    if (!device->network)
        return Error{"is no network controller", address, "see: lspci -D | grep -i net", 2};
    if (host::leaves_to_dpdk(device->driver)) return check_group(*device);
    const std::string bind = "bind it with: dpdk-devbind.py -b vfio-pci " + address
                             + " (uio_pci_generic where there is no IOMMU)";
    if (device->driver.empty()) return Error{"is bound to no driver", address, bind, 1};
    return Error{"belongs to the kernel's driver " + device->driver, address,
                 bind + ", or name its interface instead", 1};
}

int numa_of(const config::PortConfig& config) {
    if (config.numa >= 0) return config.numa;
    const std::string folder = !config.pci.empty()
                                   ? "sys/bus/pci/devices/" + config.pci
                                   : "sys/class/net/" + config.interface + "/device";
    return host::node_of_device(host::Tree(), folder);
}

Status LivePort::plug(std::size_t serial, const std::string& xdp_program) {
    if (!config_.pci.empty()) {
        pci_name_ = config_.pci;
        return {};
    }
    std::string args;
    if (!config_.vdev.empty()) {
        const auto comma = config_.vdev.find(',');
        vdev_ = config_.vdev.substr(0, comma);
        if (comma != config_.vdev.npos) args = config_.vdev.substr(comma + 1);
    } else {
        const bool made = config_.driver == config::Driver::tap;
        if (!made) {
            if (Status s = kernel_.open(config_.interface); !s) return s;
            has_kernel_side_ = true;
            if (config_.mtu != 0 && config_.mtu != kernel_.mtu())
                if (Status s = kernel_.set_mtu(config_.mtu); !s) return s;
        }
        const std::uint32_t mtu = made ? config_.mtu : kernel_.mtu();
        auto vdev = vdev_for(config_, serial, mtu, xdp_program);
        if (!vdev) return vdev.error();
        vdev_ = vdev->first;
        args = vdev->second;
    }
    LogEar ear;
    const int r = rte_eal_hotplug_add("vdev", vdev_.c_str(), args.c_str());
    if (r == 0) return {};
    std::string why = ear.first();
    if (why.empty()) why = rte_strerror(-r);
    std::string hint = geteuid() == 0 ? "" : "needs CAP_NET_RAW and CAP_NET_ADMIN";
    vdev_.clear();
    return Error{"the driver does not take it: " + why, config_.name, hint, 1};
}

Status LivePort::find(const std::string& complaint) {
    const std::string& device = pci_name_.empty() ? vdev_ : pci_name_;
    if (rte_eth_dev_get_port_by_name(device.c_str(), &id_) == 0) return {};
    id_ = RTE_MAX_ETHPORTS;
    return no_driver(config_.name, complaint, rte_eal_has_hugepages() != 0);
}

Status LivePort::start() {
    LogEar ear;
    const int r = rte_eth_dev_start(id_);
    if (r == 0) return {};
    return Error{"cannot be started: " + ear.reason(r), config_.name, "", 1};
}

} // namespace lacuna::port
