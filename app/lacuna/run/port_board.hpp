// Port figures as they were last, put up by the thread that tends the ports, read by any.
#pragma once

#include "telemetry/figures/figures.hpp"

#include <mutex>

namespace lacuna::app {

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
