// Watches a start that may hang in a driver: tells what it waits for, and lets a signal end it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace lacuna::app {

/// From construction to done(), or destruction. A driver that waits for its device for ever heeds
/// no flag, so the first signal ends the process here if the step it came in has not ended within
/// three seconds: status 1.
class StartWatch {
public:
    /// `interrupted`: set by the first signal; outlives the watch. `quiet`: nothing is told.
    StartWatch(const std::atomic<bool>& interrupted, bool quiet);
    ~StartWatch() { done(); }
    StartWatch(const StartWatch&) = delete;
    StartWatch& operator=(const StartWatch&) = delete;

    /// What begins now: "port eth1", "EAL". Any thread.
    void step(const std::string& what);
    /// Runtime files to remove if the process ends here. Any thread.
    void leaves(const std::string& folder);
    /// The start is over (idempotent).
    void done();

private:
    void watch();
    void tell(const std::string& line) const;

    const std::atomic<bool>& interrupted_;
    bool quiet_;
    int stderr_; ///< of its own: the process's may be diverted while EAL starts
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string step_;
    std::string folder_;
    std::uint64_t steps_ = 0;
    bool done_ = false;
    std::thread thread_;
};

} // namespace lacuna::app
