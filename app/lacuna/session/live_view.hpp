// The view other programs have of a run in this process, while it runs and until it is reported.
#pragma once

#include "cli/common_options.hpp"
#include "telemetry/live.hpp"
#include "telemetry/socket.hpp"

#include <mutex>

namespace lacuna::app {

/// Events each tracker remembers for questions about single holes.
inline constexpr std::uint32_t kRecentEvents = 1u << 15;

/// How a run shows itself. `flows`: secure associations metrics show one by one.
inline telemetry::LiveOptions live_options(const CommonOptions& common, std::size_t flows) {
    telemetry::LiveOptions o;
    o.esn = common.view.esn;
    o.xpn = common.view.xpn;
    o.worst = flows;
    return o;
}

/// Port figures as they were last, put up by the thread that tends the ports, read by any.
class PortBoard {
public:
    void put(telemetry::PortsFigures figures) {
        const std::lock_guard lock(mutex_);
        figures_ = std::move(figures);
    }
    telemetry::PortsFigures get() const {
        const std::lock_guard lock(mutex_);
        return figures_;
    }

private:
    mutable std::mutex mutex_;
    telemetry::PortsFigures figures_;
};

} // namespace lacuna::app
