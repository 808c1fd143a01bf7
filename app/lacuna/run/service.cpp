#include "run/service.hpp"

#ifdef LACUNA_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include <cstdint>

namespace lacuna::app {

namespace {

#ifdef LACUNA_SYSTEMD
void tell(const char* state) {
    sd_notify(0, state);
}
std::uint64_t watchdog_us() {
    std::uint64_t us = 0;
    return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}
#else
void tell(const char*) {}
std::uint64_t watchdog_us() {
    return 0;
}
#endif

} // namespace

Service::Service() : interval_(std::chrono::microseconds(watchdog_us() / 3)) {}

void Service::ready() {
    tell("READY=1\nSTATUS=listening");
}

void Service::alive() {
    if (interval_ == Clock::duration::zero()) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + interval_;
    tell("WATCHDOG=1");
}

void Service::reloaded() {
    tell("STATUS=listening; the configuration was read again");
}

void Service::stopping() {
    tell("STOPPING=1\nSTATUS=storing the last figures");
}

} // namespace lacuna::app
