#include "run_screen.hpp"

#include "wire/sa_text.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lacuna::app {

namespace {

constexpr std::chrono::seconds kRecent{10};
constexpr int kLinesPerPicture = 10; ///< where there is no terminal

double seconds(std::chrono::steady_clock::duration d) {
    return std::chrono::duration<double>(d).count();
}

/// "12.3 k" of something per second.
std::string rate(std::uint64_t from, std::uint64_t to, double over) {
    const double r = over > 0 && to > from ? static_cast<double>(to - from) / over : 0;
    return r >= 1e9   ? fmt::format("{:.2f} G", r / 1e9)
           : r >= 1e6 ? fmt::format("{:.2f} M", r / 1e6)
           : r >= 1e4 ? fmt::format("{:.1f} k", r / 1e3)
                      : fmt::format("{:.0f} ", r);
}

/// What `now` has more than `then`; a figure may fall when a late packet arrives.
std::string gain(std::uint64_t then, std::uint64_t now) {
    if (now == then) return "0";
    return now > then ? fmt::format("+{}", now - then) : fmt::format("-{}", then - now);
}

std::string clock_text(double s) {
    const auto whole = static_cast<std::uint64_t>(s);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

} // namespace

Screen::Screen(bool quiet, std::chrono::nanoseconds interval)
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0),
      interval_(std::chrono::duration_cast<Clock::duration>(interval)), started_(Clock::now()),
      next_(started_ + interval_) {}

Screen::~Screen() {
    erase();
}

bool Screen::due() const {
    return !quiet_ && Clock::now() >= next_;
}

void Screen::interval(std::chrono::nanoseconds interval) {
    interval_ = std::chrono::duration_cast<Clock::duration>(interval);
}

void Screen::say(const std::string& line) {
    if (quiet_) return;
    erase();
    fmt::print(stderr, "lacuna: {}\n", line);
}

void Screen::erase() {
    if (drawn_ != 0) fmt::print(stderr, "\033[{}A\033[J", drawn_);
    drawn_ = 0;
}

void Screen::show(const Moment& now) {
    next_ = now.at + (terminal_ ? interval_ : interval_ * kLinesPerPicture);
    if (terminal_) {
        winsize size{};
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
        const std::size_t columns = size.ws_col == 0 ? 100 : size.ws_col;
        std::vector<std::string> lines = picture(now);
        if (size.ws_row > 2 && lines.size() >= size.ws_row) lines.resize(size.ws_row - 1u);
        std::string out = drawn_ != 0 ? fmt::format("\033[{}A", drawn_) : "";
        for (std::string& l : lines) {
            if (l.size() > columns) l.resize(columns);
            out += "\033[2K" + l + "\n";
        }
        out += "\033[J";
        std::fputs(out.c_str(), stderr);
        drawn_ = lines.size();
    } else {
        fmt::print(stderr, "lacuna: {}\n", line(now));
    }
    past_.push_back(now);
    while (past_.size() > 2 && now.at - past_[1].at >= kRecent)
        past_.erase(past_.begin());
}

std::string Screen::line(const Moment& now) const {
    const Moment empty{started_, 0, 0, {}, 0, {}};
    const Moment& then = past_.empty() ? empty : past_.back();
    return fmt::format("{} frames, {}frames/s; {} SAs, lost {} ({}), of them blind {}; {} dropped "
                       "by the probe ({})",
                       now.frames, rate(then.frames, now.frames, seconds(now.at - then.at)),
                       now.flows, now.losses.all.lost,
                       gain(then.losses.all.lost, now.losses.all.lost), now.losses.all.blind,
                       now.dropped, gain(then.dropped, now.dropped));
}

std::vector<std::string> Screen::picture(const Moment& now) const {
    const Moment empty{started_, 0, 0, {}, 0, {}};
    const Moment& last = past_.empty() ? empty : past_.back();
    const Moment& then = past_.empty() ? empty : past_.front();
    const SaLoss& loss = now.losses.all;
    const SaLoss& before = then.losses.all;
    std::vector<std::string> out;
    out.push_back(fmt::format(
        "lacuna  {}   {}frames/s   {} frames   {} SAs", clock_text(seconds(now.at - started_)),
        rate(last.frames, now.frames, seconds(now.at - last.at)), now.frames, now.flows));
    out.push_back("");
    out.push_back(fmt::format("{:<20} {:>14} {:>12} {:>12}  {}", "port", "received", "dropped",
                              "no buffer", "link"));
    for (const PortFigures& p : now.ports)
        out.push_back(fmt::format("{:<20} {:>14} {:>12} {:>12}  {}", p.name, p.received, p.missed,
                                  p.nombuf, p.link ? "up" : "DOWN"));
    out.push_back("");
    out.push_back(fmt::format("{:<20} {:>14} {:>12} {:>12} {:>12}", "", "lost", "of it blind",
                              "gaps", "late"));
    out.push_back(fmt::format("{:<20} {:>14} {:>12} {:>12} {:>12}", "all", loss.lost, loss.blind,
                              loss.gaps, loss.late));
    out.push_back(fmt::format("{:<20} {:>14} {:>12} {:>12} {:>12}",
                              fmt::format("in the last {:.0f} s", seconds(now.at - then.at)),
                              gain(before.lost, loss.lost), gain(before.blind, loss.blind),
                              gain(before.gaps, loss.gaps), gain(before.late, loss.late)));
    if (now.losses.worst.empty()) return out;
    out.push_back("");
    out.push_back(fmt::format("{:<48} {:>10} {:>10} {:>8} {:>8}", "worst SAs", "lost",
                              "of it blind", "gaps", "late"));
    for (const SaLoss& s : now.losses.worst)
        out.push_back(fmt::format("{:<48} {:>10} {:>10} {:>8} {:>8}", wire::sa_text(s.id), s.lost,
                                  s.blind, s.gaps, s.late));
    return out;
}

} // namespace lacuna::app
