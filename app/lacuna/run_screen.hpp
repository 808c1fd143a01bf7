// What a live run shows while it runs: a calm table on a terminal, plain lines elsewhere.
#pragma once

#include "run_losses.hpp"
#include "run_ports.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lacuna::app {

/// A moment of a run.
struct Moment {
    std::chrono::steady_clock::time_point at;
    std::uint64_t frames = 0;  ///< received so far
    std::uint64_t dropped = 0; ///< by the probe
    std::vector<PortFigures> ports;
    std::uint64_t flows = 0; ///< SAs held
    LossWatch::Sums losses;
};

/// One owner. Writes to stderr.
class Screen {
public:
    /// `quiet`: shows nothing. `interval` between pictures; lines come ten times more seldom.
    Screen(bool quiet, std::chrono::nanoseconds interval);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// Whether it is time for another moment.
    bool due() const;
    void show(const Moment& now);
    /// A remark for people, above the picture. Nothing if quiet.
    void say(const std::string& line);
    void interval(std::chrono::nanoseconds interval);

private:
    using Clock = std::chrono::steady_clock;
    void erase();
    std::vector<std::string> picture(const Moment& now) const;
    std::string line(const Moment& now) const;

    bool quiet_;
    bool terminal_;
    Clock::duration interval_;
    Clock::time_point started_;
    Clock::time_point next_;
    std::size_t drawn_ = 0;    ///< lines of the picture on the screen
    std::vector<Moment> past_; ///< the last ten seconds or so, oldest first
};

} // namespace lacuna::app
