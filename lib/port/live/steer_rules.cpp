#include "port/live/steer_rules.hpp"

#include "wire/protocols.hpp"

#include <rte_byteorder.h>
#include <rte_flow.h>

namespace lacuna::port {

namespace {

constexpr std::uint64_t kAddresses = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4
                                     | RTE_ETH_RSS_NONFRAG_IPV4_OTHER | RTE_ETH_RSS_IPV6
                                     | RTE_ETH_RSS_FRAG_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_OTHER;
constexpr std::uint64_t kSpi = RTE_ETH_RSS_ESP | RTE_ETH_RSS_AH;

/// Gives the NIC a rule for what comes in; "granted" or why not.
std::string give(std::uint16_t port, const rte_flow_item* pattern, const rte_flow_action* actions) {
    rte_flow_attr attributes{};
    attributes.ingress = 1;
    rte_flow_error error{};
    if (rte_flow_validate(port, &attributes, pattern, actions, &error) == 0
        && rte_flow_create(port, &attributes, pattern, actions, &error) != nullptr)
        return "granted";
    return std::string("not granted (") + (error.message != nullptr ? error.message : "refused")
           + ")";
}

rte_flow_item item(rte_flow_item_type type, const void* spec = nullptr,
                   const void* mask = nullptr) {
    rte_flow_item out{};
    out.type = type;
    out.spec = spec;
    out.mask = mask;
    return out;
}

rte_flow_action action(rte_flow_action_type type, const void* conf = nullptr) {
    rte_flow_action out{};
    out.type = type;
    out.conf = conf;
    return out;
}

std::string type_rule(std::uint16_t port, std::uint16_t type, std::uint16_t queue) {
    rte_flow_item_eth spec{};
    rte_flow_item_eth mask{};
    spec.hdr.ether_type = rte_cpu_to_be_16(type);
    mask.hdr.ether_type = 0xFFFF;
    rte_flow_action_queue to{};
    to.index = queue;
    const rte_flow_item pattern[] = {item(RTE_FLOW_ITEM_TYPE_ETH, &spec, &mask),
                                     item(RTE_FLOW_ITEM_TYPE_END)};
    const rte_flow_action actions[] = {action(RTE_FLOW_ACTION_TYPE_QUEUE, &to),
                                       action(RTE_FLOW_ACTION_TYPE_END)};
    return give(port, pattern, actions);
}

std::string udp_rule(std::uint16_t port, std::uint16_t number, std::uint16_t queues,
                     rte_flow_item_type ip, bool source) {
    rte_flow_item_udp spec{};
    rte_flow_item_udp mask{};
    (source ? spec.hdr.src_port : spec.hdr.dst_port) = rte_cpu_to_be_16(number);
    (source ? mask.hdr.src_port : mask.hdr.dst_port) = 0xFFFF;
    std::vector<std::uint16_t> all;
    for (std::uint16_t q = 0; q < queues; ++q)
        all.push_back(q);
    rte_flow_action_rss spread{};
    spread.types = ip == RTE_FLOW_ITEM_TYPE_IPV4 ? RTE_ETH_RSS_IPV4 : RTE_ETH_RSS_IPV6;
    spread.queue_num = queues;
    spread.queue = all.data();
    const rte_flow_item pattern[] = {item(RTE_FLOW_ITEM_TYPE_ETH), item(ip),
                                     item(RTE_FLOW_ITEM_TYPE_UDP, &spec, &mask),
                                     item(RTE_FLOW_ITEM_TYPE_END)};
    const rte_flow_action actions[] = {action(RTE_FLOW_ACTION_TYPE_RSS, &spread),
                                       action(RTE_FLOW_ACTION_TYPE_END)};
    return give(port, pattern, actions);
}

} // namespace

std::uint64_t rss_types(std::uint64_t offered, config::Wish spi) {
    const std::uint64_t wanted = kAddresses | (spi == config::Wish::automatic ? kSpi : 0);
    return offered & wanted;
}

std::string rss_text(std::uint64_t types) {
    std::string out;
    const auto add = [&out](bool there, const char* name) {
        if (there) out.append(out.empty() ? "" : ", ").append(name);
    };
    add((types & RTE_ETH_RSS_ESP) != 0, "ESP SPI");
    add((types & RTE_ETH_RSS_AH) != 0, "AH SPI");
    add((types & kAddresses) != 0, "IP addresses");
    return out.empty() ? "none" : out;
}

std::vector<std::string> install_rules(std::uint16_t port, std::uint16_t queues, bool spreads) {
    std::vector<std::string> out;
    const auto last = static_cast<std::uint16_t>(queues - 1);
    for (const wire::ProtocolRow& row : wire::kProtocolTable) {
        if (!wire::is_link(row.protocol)) continue;
        for (const wire::Way& way : row.ways) {
            if (way.carrier == wire::Carrier::ethertype)
                out.push_back(std::string("rule for ") + row.name + ": "
                              + type_rule(port, way.number, last));
            if (way.carrier != wire::Carrier::udp_port || !spreads) continue;
            for (const auto ip : {RTE_FLOW_ITEM_TYPE_IPV4, RTE_FLOW_ITEM_TYPE_IPV6})
                for (const bool source : {false, true})
                    out.push_back(std::string("rule for ") + row.name + ", UDP "
                                  + (source ? "from " : "to ") + std::to_string(way.number)
                                  + " in IPv" + (ip == RTE_FLOW_ITEM_TYPE_IPV4 ? "4: " : "6: ")
                                  + udp_rule(port, way.number, queues, ip, source));
        }
    }
    return out;
}

} // namespace lacuna::port
