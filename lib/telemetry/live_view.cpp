#include "telemetry/live_view.hpp"

#include "flow/figures/gather.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::telemetry {

using namespace std::chrono;

LiveView::LiveView(const pipeline::Pipeline& pipe, Providers providers, LiveOptions options)
    : pipe_(pipe), providers_(std::move(providers)), options_(options) {}

Result<flow::RunFigures> LiveView::gather(Clock::time_point until, bool judge) const {
    flow::GatherOptions options;
    options.timeout = duration_cast<milliseconds>(until - Clock::now());
    options.esn = options_.esn;
    options.xpn = options_.xpn;
    options.worst = std::min(options_.worst, kMaxWorst);
    PortsFigures ports = all_ports();
    if (judge) options.quiet = quiet(ports);
    auto figures = flow::gather(pipe_.workers(), options);
    if (!figures) return figures;
    never_less(figures->final);
    figures->set_lost(frames_lost(ports));
    for (const flow::PortFigures& port : ports.each)
        figures->odd_times += port.odd_times;
    figures->ports = std::move(ports.each);
    return figures;
}

Result<flow::RunFigures> LiveView::gather() const {
    return gather(Clock::now() + options_.timeout, false);
}

/// A live run goes on without packets. While a port that had some has no link, nobody knows who
/// sends: which port an SA comes over is not kept.
flow::Quiet LiveView::quiet(const PortsFigures& ports) const {
    if (!pipe_.config().tracker.live || ports.now == 0) return {};
    flow::Quiet q{ports.now, std::numeric_limits<TimeNs>::min()};
    for (const flow::PortFigures& port : ports.each) {
        if (port.received == 0) continue;
        if (!port.link) return {};
        q.heard_since = std::max(q.heard_since, port.link_since);
    }
    return q;
}

flow::Quiet LiveView::quiet_at_end(const flow::RunFigures& figures) const {
    if (!pipe_.config().tracker.live) return {.now = figures.latest};
    return quiet(all_ports());
}

/// What was told to be final stays so, though a branch may have been resolved otherwise since.
void LiveView::never_less(seq::LossParts& final) const {
    const std::lock_guard lock(mutex_);
    final.network = told_final_.network = std::max(told_final_.network, final.network);
    final.blind = told_final_.blind = std::max(told_final_.blind, final.blind);
    final.doubtful = told_final_.doubtful = std::max(told_final_.doubtful, final.doubtful);
}

Result<std::shared_ptr<const flow::RunFigures>> LiveView::figures() const {
    const auto until = Clock::now() + options_.timeout;
    std::unique_lock lock(mutex_);
    const auto fresh = [this] {
        return figures_ && Clock::now() - figures_at_ < options_.figures_for;
    };
    while (!fresh()) {
        if (!gathering_) {
            gathering_ = true;
            lock.unlock();
            const auto begun = Clock::now();
            auto got = gather(until, true);
            lock.lock();
            gathering_ = false;
            gathered_.notify_all();
            if (!got) return got.error();
            figures_ = std::make_shared<const flow::RunFigures>(std::move(*got));
            figures_at_ = begun;
            return figures_;
        }
        if (gathered_.wait_until(lock, until) == std::cv_status::timeout && gathering_)
            return Error{"a worker did not answer in time", "", "ask again", 1};
    }
    return figures_;
}

std::shared_ptr<const flow::RunFigures> LiveView::last_figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

std::vector<LcoreFigures> LiveView::lcores() const {
    const double hz = static_cast<double>(rte_get_tsc_hz());
    const auto& counters = pipe_.counters();
    Past now{Clock::now(), {}};
    for (const auto& c : counters)
        now.times.push_back(c->clock.read());
    Past base;
    {
        const std::lock_guard lock(mutex_);
        // Clocks of two CPUs may differ by a little; what was told does not fall.
        shown_.resize(now.times.size());
        for (std::size_t i = 0; i < shown_.size(); ++i) {
            shown_[i].busy = std::max(shown_[i].busy, now.times[i].busy);
            shown_[i].idle = std::max(shown_[i].idle, now.times[i].idle);
        }
        now.times = shown_;
        if (newer_.times.empty() || now.at - newer_.at >= seconds(1))
            older_ = std::exchange(newer_, now);
        base = older_;
    }
    base.times.resize(counters.size()); // none yet: since the beginning
    std::vector<LcoreFigures> out;
    for (std::size_t i = 0; i < counters.size(); ++i) {
        const flow::LcoreCounters& c = *counters[i];
        LcoreFigures f;
        f.lcore = c.lcore;
        f.stage = c.stage;
        f.frames = c.frames.get();
        f.bursts = c.bursts.get();
        f.busy_polls = c.busy_polls.get();
        f.idle_polls = c.idle_polls.get();
        f.full_waits = c.full_waits.get();
        f.credit_waits = c.credit_waits.get();
        f.store_waits = c.store_waits.get();
        const BusyClock::Times t = now.times[i];
        f.busy_s = static_cast<double>(t.busy) / hz;
        f.idle_s = static_cast<double>(t.idle) / hz;
        const BusyClock::Times b = base.times[i];
        const double busy = static_cast<double>(t.busy) - static_cast<double>(b.busy);
        const double all = busy + static_cast<double>(t.idle) - static_cast<double>(b.idle);
        f.busy_ratio = all > 0 ? std::clamp(busy / all, 0.0, 1.0) : 0.0;
        out.push_back(f);
    }
    return out;
}

std::vector<RingFigures> LiveView::rings() const {
    const auto& counters = pipe_.counters();
    std::vector<RingFigures> out;
    for (const pipeline::RingFill& r : pipe_.rings())
        out.push_back({counters[r.from]->lcore, counters[r.to]->lcore, r.used, r.capacity});
    return out;
}

PortsFigures LiveView::all_ports() const {
    return providers_.ports ? providers_.ports() : PortsFigures();
}

flow::ProbeLoss LiveView::frames_lost(const PortsFigures& ports) const {
    flow::ProbeLoss lost;
    if (!providers_.ports) {
        lost.rx_missed = pipe_.frames_dropped();
        return lost;
    }
    lost.rx_missed = ports.unaccounted;
    for (const flow::PortFigures& port : ports.each) {
        lost.rx_missed += port.missed;
        lost.rx_nombuf += port.nombuf;
    }
    return lost;
}

flow::ProbeLoss LiveView::lost() const {
    flow::ProbeLoss lost = frames_lost(all_ports());
    if (const auto s = store())
        lost.not_stored = s->not_stored;
    else
        for (const flow::Mailbox* box : pipe_.config().mailboxes)
            lost.not_stored += box->events_lost.load(std::memory_order_relaxed);
    if (const auto now = figures())
        lost.table_full = (*now)->table.refused;
    else if (const auto last = last_figures())
        lost.table_full = last->table.refused;
    return lost;
}

std::vector<flow::PortFigures> LiveView::ports() const {
    return all_ports().each;
}

std::optional<store::StoreFigures> LiveView::store() const {
    if (!providers_.store) return std::nullopt;
    return providers_.store();
}

} // namespace lacuna::telemetry
