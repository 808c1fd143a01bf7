// One Ethernet device of DPDK, from plugging in to unplugging.
#pragma once

#include "base/result.hpp"
#include "pipeline/dpdk_compat.hpp"

#include <memory>
#include <string>

namespace lacuna::port {

/// A virtual device, probed, with one RX queue, started. Not thread safe.
class Port {
public:
    /// Plugs in vdev `name` with devargs `args`, receiving into `pool`. Errors (exit 1): the driver
    /// is missing or refuses.
    static Result<std::unique_ptr<Port>> open_vdev(const std::string& name, const std::string& args,
                                                   rte_mempool* pool);
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    std::uint16_t id() const { return id_; }
    /// What its timestamp field counts in, and where it is in the mbuf (-1: it fills in none).
    std::uint32_t time_unit_ns() const { return time_unit_ns_; }
    int time_offset() const { return time_offset_; }

private:
    explicit Port(std::string name) : name_(std::move(name)) {}
    Status start(rte_mempool* pool);

    std::string name_;
    std::uint16_t id_ = RTE_MAX_ETHPORTS;
    std::uint32_t time_unit_ns_ = 1;
    int time_offset_ = -1;
};

} // namespace lacuna::port
