#include "port/live/port_plan.hpp"

#include <algorithm>

namespace lacuna::port {

namespace {

constexpr std::uint32_t kMost = 65'535;
/// Ethernet header and FCS, where a device tells its longest frame only.
constexpr std::uint32_t kFrameOverhead = 18;

std::uint64_t caches(const PoolNeeds& needs) {
    // The main lcore may free buffers too, so it has a cache like the others.
    return (std::uint64_t{needs.lcores} + 1) * (kPoolCache + kPoolCache / 2);
}

std::uint64_t segments(const PoolNeeds& needs) {
    return 1 + needs.mtu / kDataRoom;
}

std::uint64_t burst(const PoolNeeds& needs) {
    return 2 * wire::kRxBurst * segments(needs);
}

} // namespace

std::uint32_t longest_mtu(const FrameLimits& limits) {
    if (limits.longest_mtu != 0) return std::min(limits.longest_mtu, kMost);
    if (limits.longest_frame > kFrameOverhead)
        return std::min(limits.longest_frame - kFrameOverhead, kMost);
    return kMost;
}

std::uint32_t wished_mtu(const DriverTraits& driver, const FrameLimits& limits,
                         std::uint32_t configured) {
    if (configured != 0) return configured;
    return driver.shared ? 0 : std::min(kWishedMtu, longest_mtu(limits));
}

PoolPlan plan_pool(const PoolNeeds& needs) {
    PoolPlan plan;
    const std::uint64_t aside = needs.in_rings + caches(needs) + burst(needs);
    plan.least = aside + burst(needs);
    plan.count =
        needs.configured != 0 ? needs.configured : aside + needs.under_way * segments(needs);
    plan.limit = plan.count - std::min(plan.count, aside);
    return plan;
}

PoolPlan after_start(const PoolPlan& plan, const PoolNeeds& needs, std::uint64_t in_rings) {
    if (in_rings <= needs.in_rings) return plan;
    PoolPlan out = plan;
    const std::uint64_t more = in_rings - needs.in_rings;
    out.least += more;
    out.limit -= std::min(out.limit, more);
    return out;
}

} // namespace lacuna::port
