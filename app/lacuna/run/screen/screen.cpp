#include "run/screen/screen.hpp"

#include "cli/streams.hpp"
#include "report/text/screen.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fmt/chrono.h>
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

std::size_t columns() {
    winsize size{};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    return size.ws_col == 0 ? 100 : size.ws_col;
}

std::size_t rows() {
    winsize size{};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    return size.ws_row == 0 ? 100 : size.ws_row;
}

/// Figures in columns of fixed width, what they belong to behind them: a narrow terminal cuts
/// names.
template <typename... Figures>
std::string row(const std::string& name, const Figures&... figures) {
    const int width = columns() < 80 ? 9 : 12;
    std::string out;
    (fmt::format_to(std::back_inserter(out), "{:>{}}", figures, width), ...);
    return out + "  " + name;
}

} // namespace

Screen::Screen(bool quiet, std::chrono::nanoseconds interval)
    : quiet_(quiet), terminal_(can_draw()),
      interval_(std::chrono::duration_cast<Clock::duration>(interval)), started_(Clock::now()),
      next_(started_ + interval_) {
    past_.emplace_back().at = started_;
}

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
    remark(line);
}

/// Back to the first line of the picture. A terminal made narrower since has broken its lines.
std::string Screen::up() const {
    const std::size_t width = columns();
    std::size_t lines = 0;
    for (const std::size_t length : drawn_)
        lines += std::max<std::size_t>(1, (length + width - 1) / width);
    return lines == 0 ? "" : fmt::format("\033[{}A", lines);
}

void Screen::erase() {
    if (!drawn_.empty()) std::fputs((up() + "\033[J").c_str(), stderr);
    drawn_.clear();
}

void Screen::draw(std::vector<std::string> lines) {
    if (lines.size() >= rows()) lines.resize(std::max<std::size_t>(rows(), 2) - 1);
    std::string out = up();
    drawn_.clear();
    for (std::string& l : lines) {
        l = cut_to(l, columns());
        out += "\033[2K" + l + "\n";
        drawn_.push_back(report::width_of(l));
    }
    out += "\033[J";
    std::fputs(out.c_str(), stderr);
}

void Screen::show(const Moment& now) {
    next_ = now.at + (terminal_ ? interval_ : interval_ * kLinesPerPicture);
    const Past latest = past(now);
    if (latest.dropped > past_.back().dropped)
        last_drop_ = fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr)));
    if (terminal_) {
        table_.take(now.rows, now.run ? now.run->table.rows : 0, now.at);
        if (!table_.paused() || head_.empty()) head_ = picture(now);
        draw(all_lines());
    } else {
        remark(line(now));
    }
    past_.push_back(latest);
    while (past_.size() > 2 && now.at - past_[1].at >= kRecent)
        past_.erase(past_.begin());
}

Screen::Past Screen::past(const Moment& m) {
    Past p;
    p.at = m.at;
    p.frames = m.frames;
    p.dropped = m.lost.frames();
    if (!m.run) return p;
    p.lost = m.run->totals.lost;
    p.blind = m.run->totals.lost_blind;
    p.gaps = m.run->totals.gaps;
    p.late = m.run->totals.late;
    return p;
}

/// What the probe itself lost, by cause; only causes that occurred.
std::string Screen::drops_text(const Moment& now) const {
    std::string causes;
    const auto add = [&causes](std::uint64_t n, const char* what) {
        if (n != 0) causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", n, what);
    };
    add(now.lost.rx_missed, "missed");
    add(now.lost.rx_nombuf, "without buffer");
    add(now.lost.ring_full, "before a full ring");
    const std::uint64_t frames = now.lost.frames();
    std::string out =
        frames == 0 ? "the probe dropped nothing"
                    : fmt::format("the probe dropped {} (last {}): {}", frames, last_drop_, causes);
    if (now.lost.table_full != 0)
        out +=
            fmt::format("; {} packets of SAs for which the table had no room", now.lost.table_full);
    if (now.lost.not_stored != 0) out += fmt::format("; {} events not stored", now.lost.not_stored);
    return out;
}

std::string Screen::line(const Moment& now) const {
    const Past& then = past_.back();
    const Past p = past(now);
    return fmt::format("{} frames, {}frames/s; {} SAs, lost {} ({}), of them blind {}; {}",
                       now.frames, rate(then.frames, now.frames, seconds(now.at - then.at)),
                       now.run ? now.run->table.rows : 0, p.lost, gain(then.lost, p.lost), p.blind,
                       drops_text(now));
}

/// What stands above, and as much of the table as there is room for.
std::vector<std::string> Screen::all_lines() {
    std::vector<std::string> out = head_;
    const std::size_t room = rows() > out.size() + 1 ? rows() - 1 - out.size() : 0;
    for (std::string& line : table_.lines(columns(), room))
        out.push_back(std::move(line));
    return out;
}

bool Screen::asks_for_end() {
    const std::string pressed = keys_.pressed();
    if (pressed.empty()) return false;
    for (const char key : pressed)
        if (!table_.press(key)) return true;
    if (!head_.empty()) draw(all_lines());
    return false;
}

std::vector<std::string> Screen::picture(const Moment& now) {
    const Past& last = past_.back();
    const Past& then = past_.front();
    const Past p = past(now);
    std::vector<std::string> out;
    out.push_back(fmt::format("lacuna  {}   {}frames/s   {} frames   {} SAs",
                              clock_text(seconds(now.at - started_)),
                              rate(last.frames, now.frames, seconds(now.at - last.at)), now.frames,
                              now.run ? now.run->table.rows : 0));
    std::string busy;
    for (const telemetry::LcoreFigures& l : now.lcores)
        busy += fmt::format("{}{} {} {:.0f} %", busy.empty() ? "busy: lcore " : ", ", l.lcore,
                            flow::stage_name(l.stage), l.busy_ratio * 100);
    out.push_back(busy);
    out.push_back(drops_text(now));
    out.push_back("");
    out.push_back(row("port", "received", "missed", "no buffer"));
    for (const flow::PortFigures& port : now.ports)
        out.push_back(row(port.name + (port.link ? "" : "  LINK DOWN"), port.received, port.missed,
                          port.nombuf));
    out.push_back("");
    out.push_back(row("", "lost", "blind", "gaps", "late"));
    out.push_back(row("in all", p.lost, p.blind, p.gaps, p.late));
    out.push_back(row(fmt::format("in the last {:.0f} s", seconds(now.at - then.at)),
                      gain(then.lost, p.lost), gain(then.blind, p.blind), gain(then.gaps, p.gaps),
                      gain(then.late, p.late)));
    out.push_back("");
    return out;
}

} // namespace lacuna::app
