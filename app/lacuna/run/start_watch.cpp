#include "run/start_watch.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace lacuna::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kGrace{3};    ///< for a step to end after a signal
constexpr std::chrono::seconds kPatience{5}; ///< before a step is told to take long

} // namespace

StartWatch::StartWatch(const std::atomic<bool>& interrupted, bool quiet)
    : interrupted_(interrupted), quiet_(quiet), stderr_(fcntl(2, F_DUPFD_CLOEXEC, 3)) {
    // Signals are for the threads that were there before: the handlers only set a flag, but a
    // system call of theirs shall end.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void StartWatch::step(const std::string& what) {
    const std::lock_guard lock(mutex_);
    step_ = what;
    ++steps_;
}

void StartWatch::leaves(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    folder_ = folder;
}

void StartWatch::done() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (stderr_ >= 0) close(stderr_);
    stderr_ = -1;
}

void StartWatch::tell(const std::string& line) const {
    const std::string text = line + "\n";
    if (stderr_ >= 0 && write(stderr_, text.data(), text.size()) < 0) return;
}

void StartWatch::watch() {
    std::unique_lock lock(mutex_);
    std::uint64_t seen = steps_;
    Clock::time_point begun = Clock::now();
    Clock::time_point signalled{};
    bool told = false;
    while (!changed_.wait_for(lock, kLook, [this] { return done_; })) {
        const Clock::time_point now = Clock::now();
        if (seen != steps_) {
            seen = steps_;
            begun = now;
            told = false;
            signalled = {};
        }
        if (interrupted_ && signalled == Clock::time_point{}) signalled = now;
        if (signalled != Clock::time_point{} && now - signalled >= kGrace) {
            tell(fmt::format("lacuna: ended by a signal while {} was starting", step_));
            std::error_code ignored;
            if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
            _exit(1);
        }
        if (!told && !quiet_ && !step_.empty() && now - begun >= kPatience) {
            told = true;
            tell(fmt::format("{} has been starting for {} s; its driver may wait for a device that "
                             "does not answer (a virtio NIC behind an IOMMU needs "
                             "iommu_platform=on). Ctrl-C ends it",
                             step_, kPatience.count()));
        }
    }
}

} // namespace lacuna::app
