// What a live run shows while it runs: a calm picture on a terminal, plain lines elsewhere.
#pragma once

#include "run/screen/keys.hpp"
#include "run/screen/table.hpp"
#include "telemetry/live_view.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lacuna::app {

/// A moment of a run.
struct Moment {
    std::chrono::steady_clock::time_point at;
    std::uint64_t frames = 0; ///< received so far
    std::vector<flow::PortFigures> ports;
    flow::ProbeLoss lost; ///< by the probe itself
    std::vector<telemetry::LcoreFigures> lcores;
    std::shared_ptr<const flow::RunFigures> run; ///< null: not known yet
    std::vector<flow::SaSummary> rows;           ///< SAs, bounded; only where Screen::wants_rows()
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
    /// Whether show() has use for Moment::rows.
    bool wants_rows() const { return terminal_ && !quiet_; }
    /// Heeds what was pressed; true: somebody asks for the end.
    bool asks_for_end();
    /// A remark for people, above the picture. Nothing if quiet.
    void say(const std::string& line);
    void interval(std::chrono::nanoseconds interval);

private:
    using Clock = std::chrono::steady_clock;
    /// What is remembered of a moment.
    struct Past {
        Clock::time_point at;
        std::uint64_t frames = 0;
        std::uint64_t dropped = 0;
        std::uint64_t lost = 0;
        std::uint64_t blind = 0;
        std::uint64_t gaps = 0;
        std::uint64_t late = 0;
    };
    static Past past(const Moment& m);
    void draw(std::vector<std::string> lines);
    std::string up() const;
    void erase();
    std::vector<std::string> picture(const Moment& now);
    std::vector<std::string> all_lines();
    std::string line(const Moment& now) const;
    std::string drops_text(const Moment& now) const;

    bool quiet_;
    bool terminal_;
    Clock::duration interval_;
    Clock::time_point started_;
    Clock::time_point next_;
    Keys keys_;
    WatchTable table_;
    std::vector<std::string> head_;   ///< of the picture, as it was drawn last
    std::vector<std::size_t> drawn_;  ///< lengths of the lines of the picture on the screen
    std::vector<Past> past_;          ///< the last ten seconds or so, oldest first; never empty
    std::string last_drop_ = "never"; ///< wall clock
};

} // namespace lacuna::app
