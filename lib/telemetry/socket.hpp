// A run on DPDK's telemetry socket, beside the standard commands.
#pragma once

#include "base/result.hpp"
#include "telemetry/live_view.hpp"

#include <memory>

namespace lacuna::telemetry {

/// Answers the commands of commands.hpp for as long as it lives. At most one per process at a time;
/// DPDK cannot forget a command, so without one they say that no run is under way.
class Socket {
public:
    /// `live` outlives the socket. EAL is up; whether it listens is the affair of its arguments
    /// (--no-telemetry). Errors (exit 1): DPDK has no room for the commands.
    static Result<std::unique_ptr<Socket>> serve(const LiveView& live);
    /// Waits for answers under way.
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

private:
    Socket() = default;
};

} // namespace lacuna::telemetry
