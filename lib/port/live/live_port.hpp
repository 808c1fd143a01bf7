// A port of a live run: from a line of the configuration to a started device with buffers.
#pragma once

#include "base/result.hpp"
#include "config/run_config.hpp"
#include "port/live/losses/drop_watch.hpp"
#include "port/live/losses/kernel_side.hpp"
#include "port/live/port_plan.hpp"
#include "port/pool.hpp"

#include <memory>
#include <string>
#include <vector>

namespace lacuna::port {

/// Longest payload of a frame af_packet brings whole; a packet buffer holds 65,535 octets at most.
inline constexpr std::uint32_t kPacketMtu = 32'640;

/// What a device gave of what it was asked for; one line each in `lines`, for people.
struct Granted {
    std::string driver;
    std::uint16_t queues = 1;
    std::uint16_t descriptors = 0; ///< of each queue
    std::uint32_t held = 0;        ///< frames a queue holds before it drops
    bool honest = true;            ///< an empty burst means an empty queue
    int numa = -1;                 ///< socket of the device, -1: unknown
    bool nic_time = false;         ///< packet times are the NIC's
    bool drops_visible = true;     ///< the driver has a counter of frames it lost
    std::uint32_t mtu = 0;         ///< longest payload received; 0: not known
    std::vector<std::string> lines;
};

/// What a port needs to know of the run it serves.
struct RunNeeds {
    std::uint64_t under_way = 0; ///< packet buffers the pipeline may hold at once
    std::uint32_t lcores = 1;    ///< on the data path
    std::uint32_t buffers = 0;   ///< in its pool; 0: as many as can be under way
    std::string complaint;       ///< what DPDK complained of when EAL looked for devices
};

/// One Ethernet device of DPDK with its buffers. EAL is up. Not thread safe but for the watch.
class LivePort {
public:
    /// Plugs in, sets up and starts what `config` names. `xdp_program`: file for the AF_XDP driver,
    /// empty for its own. `serial`: number of the port in the run. Errors: no such interface or
    /// address, a NIC bound to a driver of the kernel (exit 2); refused by driver or kernel
    /// (exit 1). Nothing stays behind.
    static Result<std::unique_ptr<LivePort>> open(const config::PortConfig& config,
                                                  std::size_t serial, const RunNeeds& needs,
                                                  const std::string& xdp_program);
    ~LivePort();
    LivePort(const LivePort&) = delete;
    LivePort& operator=(const LivePort&) = delete;

    const std::string& name() const { return config_.name; }
    std::uint16_t id() const { return id_; }
    const Granted& granted() const { return granted_; }
    DropWatch& watch() const { return *watch_; }
    /// Packet buffers that may be under way; see BufferPool::limit.
    std::uint64_t limit() const { return pool_.limit; }
    /// Whether the link is up. One thread.
    bool link_up();
    /// Whether what it listens to has been removed from the host, for good. One thread.
    bool gone() const { return has_kernel_side_ && !kernel_.present(); }
    /// Has packet sockets take nothing more; what they hold is still received. Any thread.
    void close() { kernel_.close_packet_sockets(); }
    /// Changes while running. Errors (exit 1): refused.
    Status promiscuous(bool on);

private:
    explicit LivePort(config::PortConfig config) : config_(std::move(config)) {}
    Status plug(std::size_t serial, const std::string& xdp_program);
    Status find(const std::string& complaint);
    Status set_up(std::size_t serial, const RunNeeds& needs);
    /// Configures the device for an MTU it takes; `wished` is 0 where that stays as it is.
    Status configure(const rte_eth_dev_info& info, rte_eth_conf& conf, std::uint16_t senders,
                     std::uint32_t wished);
    Status start();
    /// What the started driver really took for its rings, whatever was computed.
    Status settle();
    /// What the NIC spreads by, rules included, as it says itself afterwards.
    void spread();

    config::PortConfig config_;
    KernelSide kernel_;
    bool has_kernel_side_ = false;
    std::string vdev_; ///< name to unplug
    std::string pci_name_;
    BufferPool pool_;
    PoolNeeds pool_needs_;
    PoolPlan pool_plan_;
    std::uint64_t rss_ = 0; ///< asked for, then as granted
    std::uint16_t id_ = RTE_MAX_ETHPORTS;
    std::unique_ptr<DropWatch> watch_;
    Granted granted_;
};

/// Whether the PCI device `address` exists and is free for DPDK. Errors (exit 2): no such device;
/// (exit 1): it belongs to a driver of the kernel.
Status check_pci(const std::string& address);

/// Whether this process may lock `octets` for `port`. Errors (exit 1): the limit, and what to do
/// about it; `instead` is what else would help.
Status check_lockable(const std::string& port, std::uint64_t octets, const char* instead);

/// NUMA socket of what a port names, -1 if unknown. Before EAL.
int numa_of(const config::PortConfig& config);

} // namespace lacuna::port
