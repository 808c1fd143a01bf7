#include "pcapgen/flow_plan.hpp"

#include <arpa/inet.h>

namespace lacuna::pcapgen {
namespace {

constexpr unsigned kHostBits = 24;

Mac make_mac(std::uint64_t low40) {
    Mac mac{0x02}; // locally administered, unicast
    for (unsigned i = 0; i < 5; ++i)
        mac[5 - i] = static_cast<std::uint8_t>(low40 >> (8 * i));
    return mac;
}

std::uint64_t host_bits(std::uint64_t host, const PlanRules& rules, unsigned salt) {
    const std::uint64_t mask = (std::uint64_t{1} << kHostBits) - 1;
    return permute(host & mask, kHostBits, rules.seed ^ (0x6970u + salt));
}

} // namespace

void plan_link(FlowPlan& plan, const PlanRules& rules, std::uint64_t index, unsigned salt) {
    // Two disjoint halves of the 40 bits: sources and destinations never share an address.
    const std::uint64_t low =
        permute((std::uint64_t{salt} << 36) | index, 39, rules.seed ^ 0x6D6163);
    plan.source_mac = make_mac(low);
    plan.destination_mac = make_mac((std::uint64_t{1} << 39) | (low >> 4));
    // By chance and not by rank, so that tags fall on every kind of flow alike.
    if (permute(index & 0xFFFFFFFFu, 32, rules.seed ^ 0x746167) >= rules.tagged) return;
    plan.tags = rules.tags;
    for (unsigned i = 0; i < 2; ++i) {
        const auto own = static_cast<std::uint16_t>(1 + (low >> (12 * i)) % 4094);
        plan.vid[i] = rules.vid[i] != 0 ? rules.vid[i] : own;
    }
}

Address ipv4_host(std::uint64_t host, const PlanRules& rules, unsigned salt) {
    const std::uint64_t bits = host_bits(host, rules, salt);
    return {10, static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 8),
            static_cast<std::uint8_t>(bits)};
}

Address ipv6_host(std::uint64_t host, const PlanRules& rules, unsigned salt) {
    const std::uint64_t bits = host_bits(host, rules, salt);
    Address a{0x20, 0x01, 0x0D, 0xB8};
    a[6] = static_cast<std::uint8_t>(bits >> 16);
    a[7] = static_cast<std::uint8_t>(salt);
    a[14] = static_cast<std::uint8_t>(bits >> 8);
    a[15] = static_cast<std::uint8_t>(bits);
    return a;
}

std::string address_text(const Address& a, bool ipv6) {
    char text[INET6_ADDRSTRLEN];
    const int family = ipv6 ? AF_INET6 : AF_INET;
    return inet_ntop(family, a.data(), text, sizeof text) != nullptr ? text : "";
}

} // namespace lacuna::pcapgen
