#include "capture/windows/guard.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <unistd.h>

namespace lacuna::capture {

namespace {

/// Written by the threads that map and unmap, read by the handler of any thread. `path` is stored
/// last and cleared first, so that a slot with a path is complete.
struct Slot {
    std::atomic<bool> taken{false};
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> size{0};
    std::atomic<const char*> path{nullptr};
};

Slot slots[kGuardSlots];
std::atomic<int> unnamed{0}; ///< mappings that found no slot
struct sigaction previous;

void say(const char* text) {
    // Nothing sensible can be done if stderr is gone.
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text, std::strlen(text));
}

/// Only async-signal-safe calls from here on.
void on_sigbus(int, siginfo_t* info, void*) {
    const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const char* path = nullptr;
    for (Slot& s : slots) {
        const char* p = s.path.load(std::memory_order_acquire);
        if (p != nullptr && at - s.begin.load() < s.size.load()) path = p;
    }
    if (path == nullptr && unnamed.load() == 0) {
        // Not ours: with the former handler back, the instruction faults again and reaches it.
        ::sigaction(SIGBUS, &previous, nullptr);
        return;
    }
    say("lacuna: ");
    say(path == nullptr ? "a capture file" : path);
    say(": shrank or became unreadable while it was read; analyze a copy that nobody changes\n");
    ::_exit(1);
}

} // namespace

void guard_mapped_files() {
    struct sigaction action {};
    action.sa_sigaction = on_sigbus;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    struct sigaction before {};
    ::sigaction(SIGBUS, &action, &before);
    if (before.sa_sigaction != on_sigbus) previous = before;
}

GuardedRange::GuardedRange(const void* begin, std::size_t size, const char* path) {
    for (int i = 0; i < kGuardSlots; ++i) {
        Slot& s = slots[i];
        if (s.taken.exchange(true)) continue;
        s.begin = reinterpret_cast<std::uintptr_t>(begin);
        s.size = size;
        s.path.store(path, std::memory_order_release);
        slot_ = i;
        return;
    }
    ++unnamed;
}

GuardedRange::~GuardedRange() {
    if (slot_ < 0) {
        --unnamed;
        return;
    }
    slots[slot_].path.store(nullptr);
    slots[slot_].taken.store(false);
}

} // namespace lacuna::capture
