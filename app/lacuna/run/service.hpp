// A run as a service: tells systemd what it is doing. Silent where there is none, or lacuna was
// built without libsystemd.
#pragma once

#include <chrono>

namespace lacuna::app {

/// The main thread's.
class Service {
public:
    Service();
    /// The loops run.
    void ready();
    /// To be called again and again: keeps the watchdog quiet, at a third of its time.
    void alive();
    /// A new configuration was read, or refused.
    void reloaded();
    /// The end has begun. It may take longer than the watchdog would wait.
    void stopping();

private:
    using Clock = std::chrono::steady_clock;
    Clock::duration interval_{}; ///< between two signs of life; 0: nobody waits for them
    Clock::time_point next_;
};

} // namespace lacuna::app
