#include "telemetry/live.hpp"

#include "wire/sa_text.hpp"
#include "wire/shard.hpp"

#include <algorithm>

namespace lacuna::telemetry {
namespace {

using namespace std::chrono;
using flow::Request;

TimeNs wall_clock() {
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

// A cursor names a tracker and a row of it.
constexpr unsigned kRowBits = 32;

std::uint64_t cursor_of(std::size_t tracker, std::uint64_t row) {
    return std::uint64_t{tracker} << kRowBits | row;
}

void add(flow::TableCounters& sum, const flow::TableCounters& t) {
    sum.rows += t.rows;
    sum.created += t.created;
    sum.refused += t.refused;
    sum.evicted_idle += t.evicted_idle;
    sum.evicted_full += t.evicted_full;
    sum.short_memory += t.short_memory;
}

void add(Sums& sum, const flow::TableSums::Exhausting& e) {
    sum.exhausting += e.rows;
    if (e.first_s != flow::TableSums::kNever)
        sum.exhausted_in_s = std::min(sum.exhausted_in_s.value_or(e.first_s), e.first_s);
}

void add(Sums& sum, const flow::Reply& answer, const LiveOptions& options) {
    const flow::TableSums& c = answer.table_sums;
    if (!options.xpn) add(sum, c.macsec);
    if (!options.esn) add(sum, c.ipsec);
    sum.totals += c.totals;
    sum.final_lost += c.final_lost;
    add(sum.table, c.table);
    sum.lossy_rows += c.lossy_rows;
    if (c.earliest != 0)
        sum.earliest = sum.earliest == 0 ? c.earliest : std::min(sum.earliest, c.earliest);
    sum.latest = std::max(sum.latest, c.latest);
    sum.worst.insert(sum.worst.end(), answer.rows.begin(), answer.rows.end());
}

void keep_worst(std::vector<flow::SaSummary>& rows, std::size_t most) {
    std::erase_if(rows, [](const flow::SaSummary& s) { return s.lost == 0; });
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.lost > b.lost; });
    if (rows.size() > most) rows.resize(most);
}

} // namespace

Live::Live(const pipeline::Pipeline& pipe, Providers providers, LiveOptions options)
    : pipe_(pipe), providers_(std::move(providers)), options_(options) {}

Result<flow::Reply> Live::ask(std::size_t tracker, const Request& question,
                              Clock::time_point until) const {
    const auto left = duration_cast<milliseconds>(until - Clock::now());
    return pipe_.request_slot(tracker).ask(question, std::max(left, milliseconds(1)));
}

Result<std::shared_ptr<const Sums>> Live::gather(Clock::time_point until) const {
    auto sums = std::make_shared<Sums>();
    Request question;
    question.kind = Request::Kind::table_sums;
    for (std::size_t i = 0; i < trackers(); ++i) {
        const auto answer = ask(i, question, until);
        if (!answer) return answer.error();
        add(*sums, *answer, options_);
    }
    // Frames after what came of them: every observation summed is of a frame that is counted.
    for (const auto& c : pipe_.counters()) {
        for (std::size_t i = 0; i < wire::kFrameClasses; ++i)
            sums->packets[i] += c->classes[i].get();
        sums->bytes += c->bytes.get();
    }
    const report::Probe lost = frame_drops();
    sums->dropped = lost.rx_missed + lost.rx_nombuf + lost.ring_full;
    keep_worst(sums->worst, std::min(options_.worst, kMaxWorst));
    sums->taken = wall_clock();
    return std::shared_ptr<const Sums>(std::move(sums));
}

Result<std::shared_ptr<const Sums>> Live::sums() const {
    const auto until = Clock::now() + options_.timeout;
    std::unique_lock lock(mutex_);
    const auto fresh = [this] { return sums_ && Clock::now() - sums_at_ < options_.sums_for; };
    while (!fresh()) {
        if (!gathering_) {
            gathering_ = true;
            lock.unlock();
            const auto begun = Clock::now();
            auto got = gather(until);
            lock.lock();
            gathering_ = false;
            gathered_.notify_all();
            if (!got) return got.error();
            sums_ = *got;
            sums_at_ = begun;
            return got;
        }
        if (gathered_.wait_until(lock, until) == std::cv_status::timeout && gathering_)
            return Error{"a worker did not answer in time", "", "ask again", 1};
    }
    return sums_;
}

std::shared_ptr<const Sums> Live::last_sums() const {
    const std::lock_guard lock(mutex_);
    return sums_;
}

/// Rows from `question` on, over tracker `tracker` and those after it.
Result<FlowPage> Live::walk(std::size_t tracker, Request question) const {
    const auto until = Clock::now() + options_.timeout;
    FlowPage page;
    const std::uint32_t limit = std::clamp<std::uint32_t>(question.limit, 1, kMaxFlows);
    question.kind = Request::Kind::page;
    for (; tracker < trackers(); ++tracker, question.row = 0) {
        question.limit = limit - static_cast<std::uint32_t>(page.flows.size());
        const auto answer = ask(tracker, question, until);
        if (!answer) return answer.error();
        question.skip -= answer->passed;
        page.flows.insert(page.flows.end(), answer->rows.begin(), answer->rows.end());
        if (answer->more || page.flows.size() == limit) {
            page.more = answer->more || tracker + 1 < trackers();
            page.next =
                answer->more ? cursor_of(tracker, answer->next_row) : cursor_of(tracker + 1, 0);
            return page;
        }
    }
    page.next = cursor_of(tracker, 0);
    return page;
}

Result<FlowPage> Live::flows(std::uint64_t cursor, std::uint32_t limit) const {
    const auto all = sums();
    if (!all) return all.error();
    Request question;
    question.row = cursor & ((std::uint64_t{1} << kRowBits) - 1);
    question.limit = limit;
    auto page = walk(cursor >> kRowBits, question);
    if (page) page->total = (*all)->table.rows;
    return page;
}

Result<FlowPage> Live::flows_at(std::uint64_t offset, std::uint32_t limit) const {
    const auto all = sums();
    if (!all) return all.error();
    Request question;
    question.skip = offset;
    question.limit = limit;
    auto page = walk(0, question);
    if (page) page->total = (*all)->table.rows;
    return page;
}

Result<FlowPage> Live::page(std::uint64_t number) const {
    const auto all = sums();
    if (!all) return all.error();
    FlowPage page;
    page.total = (*all)->table.rows;
    page.next = number + 1;
    const std::uint64_t stretch = number / trackers();
    if (stretch >= UINT32_MAX / kFlowsPerPage) return page;
    Request question;
    question.kind = Request::Kind::page;
    question.row = stretch * kFlowsPerPage;
    question.end_row = question.row + kFlowsPerPage;
    question.limit = kFlowsPerPage;
    const auto answer = ask(number % trackers(), question, Clock::now() + options_.timeout);
    if (!answer) return answer.error();
    page.flows = answer->rows;
    return page;
}

Result<std::uint64_t> Live::pages() const {
    // The largest tracker has the last page.
    const auto until = Clock::now() + options_.timeout;
    std::uint64_t rows = 0;
    Request nothing; // of no row: answers how many there are
    nothing.kind = Request::Kind::page;
    nothing.end_row = 0;
    for (std::size_t i = 0; i < trackers(); ++i) {
        const auto answer = ask(i, nothing, until);
        if (!answer) return answer.error();
        rows = std::max(rows, answer->row_limit);
    }
    return (rows + kFlowsPerPage - 1) / kFlowsPerPage * trackers();
}

Result<std::optional<flow::Reply>> Live::ask_about(std::string_view id, Request::Kind kind) const {
    constexpr std::size_t kShown = 100;
    const auto identity = wire::sa_parse(id);
    if (!identity)
        return Error{"not the id of a secure association", std::string(id.substr(0, kShown)),
                     "ids look like esp-00001000-10.0.0.1 or macsec-0200000000010001-0", 2};
    Request question;
    question.kind = kind;
    question.id = *identity;
    question.hash = wire::identity_hash(*identity, pipe_.config().key);

    const auto until = Clock::now() + options_.timeout;
    const bool sharded = layout().kind == pipeline::Layout::Kind::pipeline;
    std::size_t tracker = sharded ? wire::shard_of(question.hash, layout().workers) : 0;
    const std::size_t end = sharded ? tracker + 1 : trackers();
    std::optional<flow::Reply> best;
    for (; tracker < end; ++tracker) {
        auto answer = ask(tracker, question, until);
        if (!answer) return answer.error();
        if (!answer->found) continue;
        if (!best || answer->rows.front().received > best->rows.front().received)
            best = std::move(*answer);
    }
    return best;
}

Result<std::optional<flow::SaSummary>> Live::flow(std::string_view id) const {
    const auto answer = ask_about(id, Request::Kind::one);
    if (!answer) return answer.error();
    if (!*answer) return std::optional<flow::SaSummary>();
    return std::optional<flow::SaSummary>((*answer)->rows.front());
}

Result<std::optional<Holes>> Live::holes(std::string_view id) const {
    auto answer = ask_about(id, Request::Kind::holes);
    if (!answer) return answer.error();
    if (!*answer) return std::optional<Holes>();
    flow::Reply& a = **answer;
    Holes h;
    h.sa = a.rows.front();
    h.open = std::move(a.open);
    h.open_count = a.open_count;
    h.latest = flow::fold_gaps(a.events);
    h.older_forgotten = a.events_missed;
    return std::optional<Holes>(std::move(h));
}

std::vector<LcoreFigures> Live::lcores() const {
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

std::vector<RingFigures> Live::rings() const {
    const auto& counters = pipe_.counters();
    std::vector<RingFigures> out;
    for (const pipeline::RingFill& r : pipe_.rings())
        out.push_back({counters[r.from]->lcore, counters[r.to]->lcore, r.used, r.capacity});
    return out;
}

report::Probe Live::frame_drops() const {
    report::Probe p;
    if (providers_.ports) {
        const PortsFigures ports = providers_.ports();
        p.rx_missed = ports.unaccounted;
        for (const report::PortFigures& port : ports.each) {
            p.rx_missed += port.missed;
            p.rx_nombuf += port.nombuf;
        }
    } else {
        p.rx_missed = pipe_.frames_dropped();
    }
    return p;
}

report::Probe Live::drops() const {
    report::Probe p = frame_drops();
    if (const auto s = sums())
        p.table_full = (*s)->table.refused;
    else if (const auto last = last_sums())
        p.table_full = last->table.refused;
    if (const auto s = store()) {
        p.events_lost = s->not_stored;
    } else {
        for (const flow::Mailbox* box : pipe_.config().mailboxes)
            p.events_lost += box->events_lost.load(std::memory_order_relaxed);
    }
    return p;
}

std::vector<report::PortFigures> Live::ports() const {
    return providers_.ports ? providers_.ports().each : std::vector<report::PortFigures>();
}

std::optional<StoreFigures> Live::store() const {
    if (!providers_.store) return std::nullopt;
    return providers_.store();
}

} // namespace lacuna::telemetry
