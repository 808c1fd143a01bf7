#include "cli/progress.hpp"

#include "cli/streams.hpp"
#include "report/text/number_text.hpp"

#include <algorithm>
#include <cstdio>
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
    const double share =
        total_ != 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total_)) : 0.0;
    const auto filled = static_cast<std::size_t>(share * kWidth);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::string bar;
    if (total_ != 0)
        bar = "[" + std::string(filled, '=') + std::string(kWidth - filled, ' ') + "] ";
    std::fprintf(stderr, "\r%s%3.0f %%  %s packets  %s/s\033[K", bar.c_str(), share * 100,
                 report::grouped(packets).c_str(),
                 report::short_number(static_cast<double>(packets) / seconds).c_str());
    std::fflush(stderr);
}

} // namespace lacuna::app
