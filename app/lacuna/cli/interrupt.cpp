#include "cli/interrupt.hpp"

#include <csignal>
#include <unistd.h>

namespace lacuna::app {
namespace {

constexpr int kNumbers[] = {SIGINT, SIGTERM};

std::atomic<bool> signalled{false};
std::atomic<bool> hung_up{false};
std::atomic<bool> asked{false};

void on_signal(int number) {
    if (signalled.exchange(true)) _exit(128 + number);
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

void watch_requests() {
    struct sigaction action {};
    action.sa_handler = [](int) { asked = true; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
}

bool is_requested() {
    return asked.load(std::memory_order_relaxed);
}

bool take_request() {
    return asked.exchange(false);
}

const std::atomic<bool>& watch_interrupts() {
    struct sigaction action {};
    action.sa_handler = on_signal; // no SA_RESTART: a read from a pipe must return
    for (const int number : kNumbers)
        sigaction(number, &action, nullptr);
    return signalled;
}

void finish_calls() {
    struct sigaction action {};
    for (const int number : kNumbers) {
        if (sigaction(number, nullptr, &action) != 0 || action.sa_handler != on_signal) continue;
        action.sa_flags |= SA_RESTART;
        sigaction(number, &action, nullptr);
    }
}

} // namespace lacuna::app
