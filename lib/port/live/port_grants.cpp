// What a live port asks its NIC for, and what that grants.
#include "port/live/driver_traits.hpp"
#include "port/live/live_port.hpp"
#include "port/live/log_ear.hpp"
#include "port/live/steer_rules.hpp"

#include <algorithm>
#include <rte_flow.h>

namespace lacuna::port {

Status LivePort::configure(const rte_eth_dev_info& info, rte_eth_conf& conf, std::uint16_t senders,
                           std::uint32_t wished) {
    const FrameLimits limits{info.max_mtu, info.max_rx_pktlen};
    if (config_.mtu > longest_mtu(limits) && wished != 0)
        return Error{"takes an MTU of " + std::to_string(longest_mtu(limits)) + " at most, "
                         + std::to_string(config_.mtu) + " is asked for",
                     config_.name, "set mtu = " + std::to_string(longest_mtu(limits)), 2};
    LogEar ear;
    int r = -1;
    // A driver may refuse what nobody asked for by name: then the next shorter one will do.
    for (const std::uint32_t mtu : {wished, std::min(wished, kLeastMtu), std::uint32_t{0}}) {
        conf.rxmode.mtu = mtu;
        r = rte_eth_dev_configure(id_, granted_.queues, senders, &conf);
        if (r == 0 && mtu != 0 && config_.vdev.empty()) {
            const int set = rte_eth_dev_set_mtu(id_, static_cast<std::uint16_t>(mtu));
            // Some take it with the configuration alone.
            if (set != 0 && set != -ENOTSUP) r = set;
        }
        if (r == 0 || config_.mtu != 0 || mtu == 0) break;
    }
    if (r == 0) {
        std::uint16_t mtu = 0;
        if (!has_kernel_side_ && rte_eth_dev_get_mtu(id_, &mtu) == 0) granted_.mtu = mtu;
        return {};
    }
    std::string hint;
    if (granted_.queues > 1)
        hint = "it has " + std::to_string(info.max_rx_queues) + " RX queues"
               + (traits_of(granted_.driver).queues_by_power ? ", and takes a power of two of them"
                                                             : "");
    return Error{
        "cannot be configured"
            + (config_.mtu != 0 ? " for an MTU of " + std::to_string(config_.mtu) : std::string())
            + ": " + ear.reason(r),
        config_.name, hint, 1};
}

Status LivePort::settle() {
    if (!pool_.pool || config_.pci.empty()) return {};
    const std::uint64_t taken = rte_mempool_in_use_count(pool_.pool.get());
    const PoolPlan left = after_start(pool_plan_, pool_needs_, taken);
    if (left.limit < wire::kRxBurst)
        return Error{"its driver keeps " + std::to_string(taken)
                         + " packet buffers in its rings, which leaves none to receive with",
                     config_.name,
                     "ask for fewer descriptors, or set pool to " + std::to_string(left.least)
                         + " at least",
                     1};
    pool_.limit = left.limit;
    // A queue of a hypervisor's is as long as that made it, whatever was asked for.
    constexpr std::uint64_t kRing = 64;
    const std::uint64_t each = taken / granted_.queues;
    if (each < kRing || each >= granted_.descriptors) return {};
    if (config_.descriptors > each)
        granted_.lines.push_back(std::to_string(config_.descriptors)
                                 + " descriptors were asked for, and the device has "
                                 + std::to_string(each));
    granted_.descriptors = static_cast<std::uint16_t>(each);
    granted_.held = static_cast<std::uint32_t>(each);
    return {};
}

void LivePort::spread() {
    if (granted_.queues == 1) return;
    std::vector<std::string> rules;
    rte_eth_rss_conf before{};
    const bool readable = rte_eth_dev_rss_hash_conf_get(id_, &before) == 0;
    if (config_.steer == config::Wish::automatic && !has_kernel_side_) {
        rules = install_rules(id_, granted_.queues, traits_of(granted_.driver).rule_spreads);
        rte_eth_rss_conf after{};
        if (readable && rte_eth_dev_rss_hash_conf_get(id_, &after) == 0
            && after.rss_hf != before.rss_hf) {
            // A rule that changes what the whole port spreads by is worse than none.
            rte_flow_error error{};
            rte_flow_flush(id_, &error);
            rte_eth_dev_rss_hash_update(id_, &before);
            rules = {"no rules: they change what the port spreads by"};
        }
    }
    if (readable) rss_ = before.rss_hf;
    granted_.lines.push_back("RSS by " + rss_text(rss_));
    for (std::string& line : rules)
        granted_.lines.push_back(std::move(line));
}

} // namespace lacuna::port
