// How an analysis stands, before its end.
#pragma once

#include "base/result.hpp"
#include "flow/figures/run_figures.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace lacuna::app {

/// "1,234,567 frames of 14 SAs; 924 of 35,942 numbers lost (2.57 %), 123 late".
std::string interim_text(const flow::RunFigures& figures);

/// Says on stderr how things stand: so often as is asked, and whenever SIGUSR1 comes. One owner,
/// who calls tick() now and then; what it asks is asked on a thread of its own.
class Interim {
public:
    using Ask = std::function<Result<flow::RunFigures>()>;
    using Clock = std::chrono::steady_clock;

    /// `interval` 0: only when SIGUSR1 comes. `follow`: lost() is kept up to date. `ask` may be
    /// called until the end of this, from another thread.
    Interim(Clock::duration interval, bool follow, Ask ask);
    ~Interim();
    Interim(const Interim&) = delete;
    Interim& operator=(const Interim&) = delete;

    /// Cheap.
    void tick() {
        if (!thread_.joinable() && requested()) start();
    }
    /// Lost numbers as they were last seen; nothing: nobody looked yet.
    std::optional<std::uint64_t> lost() const;

private:
    static bool requested();
    void start();
    void watch();
    void say();

    const Clock::duration interval_;
    const bool follow_;
    const Ask ask_;
    std::atomic<bool> ended_{false};
    std::atomic<std::int64_t> lost_{-1}; ///< written by the thread
    std::thread thread_;
};

} // namespace lacuna::app
