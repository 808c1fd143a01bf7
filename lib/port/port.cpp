#include "port/port.hpp"

namespace lacuna::port {

namespace {

Error failed(const std::string& name, const char* what, int code) {
    return Error{std::string(what) + ": " + rte_strerror(code < 0 ? -code : code), name, "", 1};
}

} // namespace

Result<std::unique_ptr<Port>> Port::open_vdev(const std::string& name, const std::string& args,
                                              rte_mempool* pool) {
    const int r = rte_eal_hotplug_add("vdev", name.c_str(), args.c_str());
    if (r != 0) return failed(name, "cannot be plugged in", r);
    std::unique_ptr<Port> port(new Port(name));
    const Status started = port->start(pool);
    if (!started) return started.error();
    return port;
}

Status Port::start(rte_mempool* pool) {
    constexpr std::uint16_t kDescriptors = 512;
    int r = rte_eth_dev_get_port_by_name(name_.c_str(), &id_);
    if (r != 0) return failed(name_, "has no port", r);
    rte_eth_dev_info info{};
    r = rte_eth_dev_info_get(id_, &info);
    if (r != 0) return failed(name_, "tells nothing about itself", r);
    rte_eth_conf conf{};
    conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_TIMESTAMP;
    time_unit_ns_ = pipeline::pcap_timestamp_unit_ns(info.rx_offload_capa);
    r = rte_eth_dev_configure(id_, 1, 0, &conf);
    if (r != 0) return failed(name_, "cannot be configured", r);
    r = rte_eth_rx_queue_setup(id_, 0, kDescriptors, SOCKET_ID_ANY, nullptr, pool);
    if (r != 0) return failed(name_, "cannot set up its queue", r);
    r = rte_eth_dev_start(id_);
    if (r != 0) return failed(name_, "cannot be started", r);
    time_offset_ = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, nullptr);
    return {};
}

Port::~Port() {
    if (id_ != RTE_MAX_ETHPORTS) {
        rte_eth_dev_stop(id_);
        rte_eth_dev_close(id_);
    }
    rte_eal_hotplug_remove("vdev", name_.c_str());
}

} // namespace lacuna::port
