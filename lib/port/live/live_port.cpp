#include "port/live/live_port.hpp"

#include "host/process.hpp"
#include "port/live/driver_traits.hpp"
#include "port/live/log_ear.hpp"
#include "port/live/steer_rules.hpp"
#include "port/live/xdp_pool.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::port {

namespace {

/// Frames a ring holds where the driver has no wish of its own.
constexpr std::uint32_t kDescriptors = 4096;
/// Frames the kernel keeps for a reader of a tap; half of what it does by default.
constexpr std::uint32_t kTapQueue = 500;
/// The rings of the AF_XDP driver.
constexpr std::uint16_t kXdpDescriptors = 2048;
/// Buffers the AF_XDP driver keeps in its fill ring beside those received.
constexpr std::uint64_t kXdpFill = 4096;

Error failed(const std::string& name, std::string what, int code, std::string hint = "") {
    return Error{std::move(what) + ": " + rte_strerror(code < 0 ? -code : code), name,
                 std::move(hint), 1};
}

bool is(const rte_eth_dev_info& info, const char* driver) {
    return std::strcmp(info.driver_name, driver) == 0;
}

/// Octets of a packet buffer so that a frame of the MTU fits into one, or, where the device
/// scatters, into several. 0: cannot be had.
std::uint32_t buffer_octets(const rte_eth_dev_info& info, std::uint32_t mtu) {
    const std::uint32_t frame = mtu + kLinkHeader;
    if (is(info, "net_af_xdp")) return frame + kXdpHeadrooms <= kXdpDataRoom ? kXdpDataRoom : 0;
    const bool scatters = (info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
    if (scatters && !is(info, "net_af_packet")) return kDataRoom + RTE_PKTMBUF_HEADROOM;
    std::uint32_t room = kDataRoom;
    while (room < frame + 100) // what af_packet adds to a frame
        room *= 2;
    return room + RTE_PKTMBUF_HEADROOM;
}

} // namespace

Result<std::unique_ptr<LivePort>> LivePort::open(const config::PortConfig& config,
                                                 std::size_t serial, const RunNeeds& needs,
                                                 const std::string& xdp_program) {
    std::unique_ptr<LivePort> port(new LivePort(config));
    if (Status s = port->plug(serial, xdp_program); !s) return s.error();
    if (Status s = port->find(needs.complaint); !s) return s.error();
    if (Status s = port->set_up(serial, needs); !s) return s.error();
    if (Status s = port->start(); !s) return s.error();
    if (Status s = port->settle(); !s) return s.error();
    // What is sent into a full tap, the kernel counts as lost on sending.
    if (!config.interface.empty() && config.driver == config::Driver::tap) {
        port->has_kernel_side_ = bool(port->kernel_.open(config.interface, "tx_dropped"));
        port->kernel_.ask_always();
        port->granted_.held = kTapQueue;
        port->granted_.honest = false; // its driver waits for a signal first
    }
    if (port->has_kernel_side_ && config.driver == config::Driver::af_packet)
        port->kernel_.watch_packet_sockets();
    if (config.promiscuous)
        if (Status s = port->promiscuous(true); !s) return s.error();
    port->spread();
    port->watch_ =
        std::make_unique<DropWatch>(port->id_, port->has_kernel_side_ ? &port->kernel_ : nullptr,
                                    traits_of(port->granted_.driver).errors_hold_damage);
    return port;
}

Status LivePort::set_up(std::size_t serial, const RunNeeds& needs) {
    rte_eth_dev_info info{};
    int r = rte_eth_dev_info_get(id_, &info);
    if (r != 0) return failed(config_.name, "tells nothing about itself", r);
    granted_.driver = info.driver_name;
    granted_.numa = rte_eth_dev_socket_id(id_);
    if (config_.numa >= 0) granted_.numa = config_.numa;
    if (config_.queues > info.max_rx_queues)
        return Error{"has " + std::to_string(info.max_rx_queues) + " RX queues, "
                         + std::to_string(config_.queues) + " are asked for",
                     config_.name, "set queues = " + std::to_string(info.max_rx_queues), 2};
    granted_.queues = static_cast<std::uint16_t>(config_.queues);
    const DriverTraits& traits = traits_of(granted_.driver);
    granted_.drops_visible = traits.confesses;
    if (granted_.queues > 1 && !config_.pci.empty() && info.flow_type_rss_offloads == 0)
        return Error{"spreads nothing over its queues (its driver offers no RSS)", config_.name,
                     "set queues = 1 and layout = \"auto\"", 2};

    // A NIC of the run's own is asked for frames longer than those a link with an MTU of 1500 has.
    const bool own = !config_.pci.empty();
    const std::uint32_t wished =
        own ? wished_mtu(traits, {info.max_mtu, info.max_rx_pktlen}, config_.mtu)
            : (has_kernel_side_ ? 0 : config_.mtu);
    std::uint16_t mtu = 1500;
    if (has_kernel_side_)
        mtu = static_cast<std::uint16_t>(
            std::min(kernel_.mtu(), is(info, "net_af_packet") ? kPacketMtu : 65000u));
    else
        rte_eth_dev_get_mtu(id_, &mtu);
    if (config_.mtu != 0) mtu = static_cast<std::uint16_t>(config_.mtu);
    mtu = std::max(mtu, static_cast<std::uint16_t>(wished));
    const std::uint32_t octets = buffer_octets(info, mtu);
    if (octets == 0)
        return Error{"frames of an MTU of " + std::to_string(mtu)
                         + " do not fit into the buffers of the AF_XDP driver",
                     config_.name,
                     "set mtu = " + std::to_string(kXdpDataRoom - kXdpHeadrooms - kLinkHeader)
                         + " or less, or use af_packet",
                     1};

    rte_eth_conf conf{};
    const std::uint64_t capable = info.rx_offload_capa;
    std::uint64_t offloads = 0;
    if (mtu + kLinkHeader + RTE_PKTMBUF_HEADROOM > octets)
        offloads |= capable & RTE_ETH_RX_OFFLOAD_SCATTER;
    if (config_.timestamps != config::Timestamps::host)
        offloads |= capable & RTE_ETH_RX_OFFLOAD_TIMESTAMP;
    if (granted_.queues > 1 && info.flow_type_rss_offloads != 0) {
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rx_adv_conf.rss_conf.rss_hf = rss_types(info.flow_type_rss_offloads, config_.rss);
        offloads |= capable & RTE_ETH_RX_OFFLOAD_RSS_HASH;
    }
    conf.rxmode.offloads = offloads;
    // Some drivers want as many queues to send on as to receive from; nothing is ever sent.
    const bool paired = is(info, "net_tap") || is(info, "net_af_xdp");
    const std::uint16_t senders = paired ? granted_.queues : 0;
    if (Status s = configure(info, conf, senders, wished); !s) return s;

    std::uint16_t descriptors =
        static_cast<std::uint16_t>(config_.descriptors != 0 ? config_.descriptors : kDescriptors);
    // The driver keeps so many buffers ready, whatever the ring could hold; with a smaller ring it
    // would lose what it does not count.
    if (is(info, "net_af_xdp")) descriptors = kXdpDescriptors;
    std::uint16_t no_tx = 512;
    r = rte_eth_dev_adjust_nb_rx_tx_desc(id_, &descriptors, &no_tx);
    if (r != 0) return failed(config_.name, "has no such rings", r);
    granted_.descriptors = descriptors;
    granted_.held = descriptors;

    const std::uint64_t each =
        std::uint64_t{descriptors} * traits.rings + (is(info, "net_af_xdp") ? kXdpFill : 0);
    pool_needs_ = {granted_.queues * each, needs.lcores, mtu, needs.under_way, needs.buffers};
    pool_plan_ = plan_pool(pool_needs_);
    const std::uint64_t count = pool_plan_.count;
    if (count < pool_plan_.least)
        return Error{std::to_string(count) + " packet buffers are too few", config_.name,
                     "pool must be at least " + std::to_string(pool_plan_.least), 2};
    if (is(info, "net_af_xdp"))
        if (Status s = check_lockable(config_.name, count * kXdpChunk, "a smaller pool"); !s)
            return s;
    const std::string pool_name = "lacuna_" + std::to_string(serial);
    pool_.pool.reset(is(info, "net_af_xdp")
                         ? make_xdp_pool(pool_name.c_str(), static_cast<unsigned>(count),
                                         kPoolCache, granted_.numa)
                         : rte_pktmbuf_pool_create_by_ops(
                             pool_name.c_str(), static_cast<unsigned>(count), kPoolCache, 0,
                             static_cast<std::uint16_t>(octets), granted_.numa, "stack"));
    if (pool_.pool == nullptr)
        return failed(config_.name, "no memory for " + std::to_string(count) + " packet buffers",
                      rte_errno, "set memory in [run] higher, or ask for fewer descriptors");
    pool_.limit = pool_plan_.limit;

    LogEar ear;
    for (std::uint16_t q = 0; q < granted_.queues; ++q) {
        const auto socket = static_cast<unsigned>(granted_.numa);
        r = rte_eth_rx_queue_setup(id_, q, descriptors, socket, nullptr, pool_.pool.get());
        if (r != 0)
            return Error{"cannot set up queue " + std::to_string(q) + " of "
                             + std::to_string(descriptors) + " descriptors: " + ear.reason(r),
                         config_.name,
                         has_kernel_side_ ? "does another program hold it?"
                                          : "it takes " + std::to_string(info.rx_desc_lim.nb_min)
                                                + " to " + std::to_string(info.rx_desc_lim.nb_max),
                         1};
        if (q < senders) {
            r = rte_eth_tx_queue_setup(id_, q, no_tx, socket, nullptr);
            if (r != 0) return failed(config_.name, "cannot set up queue", r);
        }
    }

    granted_.nic_time = (offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0;
    if (config_.timestamps == config::Timestamps::nic && !granted_.nic_time)
        return Error{"has no time stamps of its own", config_.name,
                     "set timestamps = \"host\" or \"auto\"", 1};
    rss_ = conf.rx_adv_conf.rss_conf.rss_hf;
    if (own && granted_.mtu != 0) {
        std::string line = "frames of up to " + std::to_string(granted_.mtu + RTE_ETHER_HDR_LEN)
                           + " octets (MTU " + std::to_string(granted_.mtu) + ")";
        if (granted_.mtu < kLeastMtu)
            line +=
                longest_mtu({info.max_mtu, info.max_rx_pktlen}) < kLeastMtu
                    ? ", which MACsec and ESP frames may exceed; the device takes no longer ones"
                    : ", which MACsec and ESP frames may exceed: set mtu";
        granted_.lines.push_back(std::move(line));
    }
    if (!granted_.drops_visible)
        granted_.lines.push_back("no counter of drops: what is lost here looks like the network's");
    granted_.lines.push_back(granted_.nic_time ? "times of the NIC" : "times of the host");
    if ((offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0)
        granted_.lines.push_back("frames may span several buffers");
    return {};
}

Status check_lockable(const std::string& port, std::uint64_t octets, const char* instead) {
    constexpr std::uint64_t kMiB = 1 << 20;
    const std::uint64_t limit = host::lockable_memory();
    if (octets <= limit) return {};
    return Error{"locks " + std::to_string((octets + kMiB - 1) / kMiB)
                     + " MiB of memory, and this process may lock " + std::to_string(limit / kMiB)
                     + " MiB",
                 port,
                 "give it CAP_IPC_LOCK, raise the limit (ulimit -l, LimitMEMLOCK=), or ask for "
                     + std::string(instead),
                 1};
}

Status LivePort::promiscuous(bool on) {
    // A mode of the interface set through the driver would stay after the run.
    if (config_.driver == config::Driver::tap && !config_.interface.empty()) return {};
    if (has_kernel_side_) return kernel_.be_promiscuous(on);
    const int r = on ? rte_eth_promiscuous_enable(id_) : rte_eth_promiscuous_disable(id_);
    if (r != 0 && r != -ENOTSUP) return failed(config_.name, "cannot be made promiscuous", r);
    return {};
}

bool LivePort::link_up() {
    if (has_kernel_side_) return kernel_.link_up();
    rte_eth_link link{};
    return rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

LivePort::~LivePort() {
    watch_.reset();
    if (id_ != RTE_MAX_ETHPORTS) {
        rte_eth_dev_stop(id_);
        rte_eth_dev_close(id_);
    }
    if (!vdev_.empty()) rte_eal_hotplug_remove("vdev", vdev_.c_str());
}

} // namespace lacuna::port
