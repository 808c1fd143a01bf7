#include "cli/interim.hpp"

#include "base/wall_clock.hpp"
#include "cli/interrupt.hpp"
#include "cli/streams.hpp"
#include "flow/fields/derived.hpp"
#include "report/text/clock.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"

#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// How soon SIGUSR1 is heeded, and how often the loss beside a progress line is looked at.
constexpr std::chrono::milliseconds kStep{100};
constexpr std::chrono::milliseconds kLook{500};

} // namespace

std::string interim_text(const flow::RunFigures& f) {
    using report::grouped;
    const flow::Totals& t = f.totals;
    const std::uint64_t lost = flow::lost_on_the_way(t);
    std::string text =
        fmt::format("{} of {}; {} of {} lost ({})", report::counted(f.frames.decoded, "frame"),
                    report::counted(t.flows, "SA"), grouped(lost),
                    report::counted(lost + flow::distinct_numbers(t), "number"),
                    report::percent_text(flow::loss_ratio(t)));
    if (t.late != 0) text += fmt::format(", {} late", grouped(t.late));
    if (t.lost_blind != 0) text += fmt::format(", {} blind", grouped(t.lost_blind));
    return text;
}

Interim::Interim(Clock::duration interval, bool follow, Ask ask)
    : interval_(interval), follow_(follow), ask_(std::move(ask)) {
    watch_requests();
    if (follow_ || interval_ > Clock::duration::zero()) start();
}

Interim::~Interim() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
}

std::optional<std::uint64_t> Interim::lost() const {
    const std::int64_t lost = lost_.load(std::memory_order_relaxed);
    return lost >= 0 ? std::optional(static_cast<std::uint64_t>(lost)) : std::nullopt;
}

bool Interim::requested() {
    return is_requested();
}

void Interim::start() {
    thread_ = std::thread([this] { watch(); });
}

void Interim::watch() {
    const bool timed = interval_ > Clock::duration::zero();
    Clock::time_point next = Clock::now() + interval_;
    Clock::time_point look = Clock::now() + kLook;
    while (!ended_.load(std::memory_order_relaxed)) {
        const bool due = timed && Clock::now() >= next;
        if (take_request() || due) say();
        if (due) next += interval_;
        if (follow_ && Clock::now() >= look) {
            if (const auto now = ask_())
                lost_ = static_cast<std::int64_t>(flow::lost_on_the_way(now->totals));
            look = Clock::now() + kLook;
        }
        std::this_thread::sleep_for(kStep);
    }
}

void Interim::say() {
    const auto now = ask_();
    // A worker that is busy with something long does not answer in time: the next one will.
    const std::string text = now ? interim_text(*now) : "no answer yet: " + now.error().what;
    remark(report::local_time(wall_clock(), 0) + ": " + text);
}

} // namespace lacuna::app
