// SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once.
#pragma once

#include <atomic>

namespace lacuna::app {

/// Installs the handlers (idempotent) and returns the flag the first signal sets. A second signal
/// ends the process with status 128 + signal.
const std::atomic<bool>& watch_interrupts();

/// From now on a signal ends no system call: nothing is read any more, and what is written shall be
/// written whole. The second signal ends the process as before.
void finish_calls();

/// Has SIGUSR1 remembered, which asks how things stand, instead of ending the process (idempotent).
void watch_requests();
/// Whether there was a SIGUSR1 that nobody took; and since the last call.
bool is_requested();
bool take_request();

/// Has SIGHUP remembered instead of ending the process (idempotent).
void watch_hangups();
/// Whether there was a SIGHUP since the last call.
bool take_hangup();

} // namespace lacuna::app
