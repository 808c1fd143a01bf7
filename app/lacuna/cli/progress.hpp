// A progress bar on stderr, and only on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace lacuna::app {

/// Redraws at most ten times a second; erases itself when destroyed.
class Progress {
public:
    /// `total` in the unit of update(); 0: not known, then no bar is drawn.
    Progress(bool wanted, std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Said beside the packets from now on.
    void lost(std::optional<std::uint64_t> numbers) { lost_ = numbers; }
    /// Whether it is drawn at all.
    bool shown() const { return shown_; }

    /// Cheap enough for every burst when nothing is drawn. `packets` are shown beside the bar.
    void update(std::uint64_t done, std::uint64_t packets) {
        if (shown_) draw(done, packets);
    }

private:
    void draw(std::uint64_t done, std::uint64_t packets);

    using Clock = std::chrono::steady_clock;
    bool shown_;
    bool drawn_ = false;
    std::uint64_t total_;
    std::optional<std::uint64_t> lost_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_ + std::chrono::milliseconds(200);
};

} // namespace lacuna::app
