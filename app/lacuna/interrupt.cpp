#include "interrupt.hpp"

#include <csignal>
#include <unistd.h>

namespace lacuna::app {
namespace {

std::atomic<bool> interrupted{false};
std::atomic<bool> hung_up{false};

void on_signal(int number) {
    if (interrupted.exchange(true)) _exit(128 + number);
}

} // namespace

void watch_hangups() {
    struct sigaction action {};
    action.sa_handler = [](int) { hung_up = true; };
    sigaction(SIGHUP, &action, nullptr);
}

bool take_hangup() {
    return hung_up.exchange(false);
}

const std::atomic<bool>& watch_interrupts() {
    struct sigaction action {};
    action.sa_handler = on_signal; // no SA_RESTART: a read from a pipe must return
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return interrupted;
}

} // namespace lacuna::app
