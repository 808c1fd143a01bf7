#include "cli/progress.hpp"

#include "cli/streams.hpp"
#include "report/text/number_text.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <string>

namespace lacuna::app {

Progress::Progress(bool wanted, std::uint64_t total)
    : shown_(wanted && can_draw()), total_(total) {}

Progress::~Progress() {
    if (drawn_) std::fputs("\r\033[K", stderr);
}

void Progress::draw(std::uint64_t done, std::uint64_t packets) {
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    drawn_ = true;
    constexpr std::size_t kWidth = 40;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::string text;
    if (total_ != 0) { // of a pipe nobody knows how much is left
        const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
        const auto filled = static_cast<std::size_t>(share * kWidth);
        text = fmt::format("[{}{}] {:3.0f} %  ", std::string(filled, '='),
                           std::string(kWidth - filled, ' '), share * 100);
    }
    text += fmt::format("{} frames  {}/s", report::grouped(packets),
                        report::short_number(static_cast<double>(packets) / seconds));
    if (lost_) text += fmt::format("  {} lost", report::grouped(*lost_));
    std::fprintf(stderr, "\r%s\033[K", text.c_str());
    std::fflush(stderr);
}

} // namespace lacuna::app
