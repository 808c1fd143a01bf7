#include "store/write/live_spill.hpp"

#include "base/wall_clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::store {
namespace {

constexpr std::chrono::seconds kLongestPause{30};
constexpr std::chrono::seconds kLimitsPause{5};
/// A worker that does not answer in time is busy waiting for the store; the next turn asks again.
constexpr std::chrono::milliseconds kPatience{500};
/// Packet times of one moment may differ by so much among ports.
constexpr TimeNs kSlack = 1'000'000'000;

} // namespace

LiveSpill::LiveSpill(std::function<StoreWriter*()> writer, RunRecord record, RunWatch watch,
                     LiveSpillOptions options, bool limited)
    : record_(std::move(record)), watch_(std::move(watch)), options_(std::move(options)),
      told_(wall_clock()) {
    if (limited) limits_thread_ = std::thread([this, writer] { tend_limits(writer()); });
    thread_ = std::thread([this, writer = std::move(writer)] { run(writer); });
}

void LiveSpill::stop() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (limits_thread_.joinable()) limits_thread_.join();
}

StoreFigures LiveSpill::figures() const {
    const StoreWriter* writer = writer_;
    if (writer == nullptr) return {};
    StoreFigures f;
    f.bytes = writer->size();
    f.not_stored = not_stored_;
    f.stored = writer->stored();
    f.lag_s = static_cast<double>(wall_clock() - told_.load()) / 1e9;
    f.failing = failing_;
    return f;
}

/// False: it is over.
bool LiveSpill::wait(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, time, [this] { return stop_; });
}

void LiveSpill::run(const std::function<StoreWriter*()>& writer) {
    writer_ = writer();
    if (writer_ == nullptr) return;
    while (wait(options_.interval))
        tick();
}

void LiveSpill::tend_limits(StoreWriter* writer) {
    if (writer == nullptr) return;
    do {
        // What fails here fails for the other thread as well, and that one says so.
        (void)writer->enforce(wall_clock());
    } while (wait(kLimitsPause));
}

void LiveSpill::tick() {
    not_stored_ = watch_.not_stored();
    if (!writable()) return;
    auto now = watch_.figures();
    if (!now) return;
    record_.figures = std::move(*now);
    record_.figures.probe.not_stored = not_stored_;
    note_drops();
    note_outages();
    record_.summary_lag = wall_clock() - told_;
    if (!writer_.load()->update_run(record_)) return;
    spill_rows();
}

/// Whether the store can be written, perhaps again.
bool LiveSpill::writable() {
    const Status state = writer_.load()->state();
    if (state) return true;
    const auto now = Clock::now();
    if (failed_since_ == 0) {
        failing_ = true;
        failed_since_ = wall_clock();
        lost_before_ = not_stored_;
        pause_ = std::chrono::seconds{1};
        next_try_ = now + pause_;
        if (options_.resume)
            options_.say(state.error().text()
                         + "; tracking goes on, what is not stored is counted");
    }
    if (!options_.resume || now < next_try_) return false;
    pause_ = std::min(2 * pause_, kLongestPause);
    next_try_ = now + pause_;
    if (!writer_.load()->resume()) return false;
    not_stored_ = watch_.not_stored();
    const std::uint64_t lost = not_stored_ - lost_before_;
    flow::Event e{};
    e.kind = flow::EventKind::store_resumed;
    e.time = wall_clock();
    e.a = static_cast<Seq64>(lost);
    e.b = failed_since_;
    if (!writer_.load()->put_events({&e, 1})) return false;
    options_.say(fmt::format("the store is written again; {} records were not stored", lost));
    failing_ = false;
    failed_since_ = 0;
    // Summaries written meanwhile are missing: a turn through all of them.
    turning_ = false;
    changed_since_ = turn_latest_ = std::numeric_limits<TimeNs>::min();
    return true;
}

/// An event for each interval in which the probe itself dropped frames.
void LiveSpill::note_drops() {
    const flow::RunFigures& now = record_.figures;
    if (now.frames.dropped > dropped_) {
        flow::Event e{};
        e.kind = flow::EventKind::probe_dropped;
        e.time = now.latest;
        e.a = static_cast<Seq64>(now.frames.dropped - dropped_);
        e.b = dropped_since_ != 0 ? dropped_since_ : now.earliest;
        if (writer_.load()->put_events({&e, 1})) dropped_ = now.frames.dropped;
    }
    dropped_since_ = now.latest;
}

/// An event for each time a port had no link.
void LiveSpill::note_outages() {
    const std::vector<flow::PortFigures>& ports = record_.figures.ports;
    outages_.resize(ports.size());
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const std::vector<flow::Outage>& list = ports[i].latest_outages;
        const std::uint64_t fresh =
            std::min<std::uint64_t>(ports[i].outages - outages_[i], list.size());
        for (std::size_t k = list.size() - fresh; k < list.size(); ++k) {
            flow::Event e{};
            e.kind = flow::EventKind::no_link;
            e.time = list[k].to;
            e.a = static_cast<Seq64>(i);
            e.b = list[k].from;
            if (!writer_.load()->put_events({&e, 1})) return;
        }
        outages_[i] = ports[i].outages;
    }
}

void LiveSpill::spill_rows() {
    if (!turning_) {
        const TimeNs before = turn_latest_;
        turn_latest_ = record_.figures.latest - kSlack;
        // Where the clock went back, what is changed since then is behind what is not.
        changed_since_ = turn_latest_ < before ? std::numeric_limits<TimeNs>::min() : before;
        turn_began_ = Clock::now();
        turning_ = true;
        request_slot_ = 0;
        row_ = 0;
    }
    const auto until = Clock::now() + options_.interval / 2;
    for (std::size_t pages = options_.rows / flow::kMaxPage; pages > 0; --pages) {
        if (request_slot_ == watch_.request_slots.size()) {
            turning_ = false;
            told_ = wall_clock() - std::chrono::nanoseconds(Clock::now() - turn_began_).count();
            return;
        }
        if (!next_page() || Clock::now() > until) return;
    }
}

/// False: there was no answer, or no writing.
bool LiveSpill::next_page() {
    flow::Request q;
    q.kind = flow::Request::Kind::page;
    q.limit = flow::kMaxPage;
    q.row = row_;
    q.since = changed_since_;
    writer_.load()->begin_page();
    const auto answer = watch_.request_slots[request_slot_]->ask(q, kPatience);
    if (!writer_.load()->put_page(answer ? std::span<const flow::SaSummary>(answer->rows)
                                         : std::span<const flow::SaSummary>())
        || !answer)
        return false;
    row_ = answer->next_row;
    if (!answer->more) {
        ++request_slot_;
        row_ = 0;
    }
    return true;
}

} // namespace lacuna::store
