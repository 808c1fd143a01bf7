#include "interrupt.hpp"

#include <csignal>
#include <unistd.h>

namespace lacuna::app {
namespace {

std::atomic<bool> interrupted{false};

void on_signal(int number) {
    if (interrupted.exchange(true)) _exit(128 + number);
}

} // namespace

const std::atomic<bool>& watch_interrupts() {
    struct sigaction action {};
    action.sa_handler = on_signal; // no SA_RESTART: a read from a pipe must return
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return interrupted;
}

} // namespace lacuna::app
