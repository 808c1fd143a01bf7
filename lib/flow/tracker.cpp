// The slow path of a packet, what follows from its verdict, and what a tracker answers.
#include "flow/period.hpp"
#include "flow/tracker_impl.hpp"
#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>
#include <bit>

namespace lacuna::flow {
namespace {

/// What every packet of a row adds, whatever its verdict.
void account(SaState& s, SaRest& rest, const wire::Observation& o, bool new_period) {
    if (++s.received == 0) ++rest.received_high;
    s.bytes += o.bytes;
    s.flags |= o.flags & kAssumed;
    TimeNs apart = o.time - s.last_time;
    if (new_period) move_mark(s, rest, o.time);
    if (apart < 0) {
        rest.backwards_ns += static_cast<std::uint64_t>(-apart);
        apart = 0;
    }
    const auto near = static_cast<std::uint32_t>(std::min<TimeNs>(apart, kLongInterarrival));
    if (near == kLongInterarrival) {
        rest.long_min_ns = std::min(rest.long_min_ns, static_cast<std::uint64_t>(apart));
        rest.long_max_ns = std::max(rest.long_max_ns, static_cast<std::uint64_t>(apart));
    }
    s.min_interarrival_ns = std::min(s.min_interarrival_ns, near);
    s.max_interarrival_ns = std::max(s.max_interarrival_ns, near);
    s.last_time = o.time;
}

/// SaState::wake after a step. A number in order changes nothing in a record that is not busy,
/// until the lowest missing one leaves the memory; where a round number is next, a warning may be
/// due.
std::uint16_t wake_of(const seq::Record& r, const seq::Instance& in) {
    constexpr Seq64 kRound = 0x10000;
    static_assert(seq::kExhaustionWarning % kRound == 0);
    const Seq64 round = (in.highest | (kRound - 1)) + 1;
    return static_cast<std::uint16_t>(
        r.missing != 0 ? std::min(round, seq::lowest_missing(r, in) + r.window) : round);
}

/// Whether `wire` is the next number and its record, if there is one, need not know.
bool only_next(const SaState& s, const SaRest& rest, std::uint32_t wire) {
    if ((s.flags & kBusy) != 0 || seq::distance(s.highest, wire) != 1) return false;
    return rest.record == seq::kNoRecord || static_cast<std::uint16_t>(wire) != s.wake;
}

EventKind kind_of(seq::ChangeKind k) {
    switch (k) {
    case seq::ChangeKind::hole_opened:
        return EventKind::hole_opened;
    case seq::ChangeKind::hole_filled:
        return EventKind::hole_filled;
    case seq::ChangeKind::restart:
        return EventKind::restart;
    case seq::ChangeKind::restart_undone:
        break;
    }
    return EventKind::restart_undone;
}

} // namespace

bool Tracker::Impl::reserve() {
    const std::uint64_t rows = config.max_flows;
    const std::uint64_t wanted =
        config.max_records != 0 ? config.max_records : std::min<std::uint64_t>(rows, 1u << 20);
    const auto full = static_cast<seq::RecordId>(wanted);
    // Twice: a row may hold a shadow besides its own record.
    const auto brief = static_cast<seq::RecordId>(std::min<std::uint64_t>(2 * rows, kShort - 1));
    record_memory = Reserved(full * seq::Record::size(config.window));
    short_memory = Reserved(brief * seq::Record::size(seq::kShortWindow));
    if (record_memory.get() == nullptr || short_memory.get() == nullptr) return false;
    records.adopt(record_memory.get(), full, config.window);
    short_records.adopt(short_memory.get(), brief, seq::kShortWindow);
    notable.reserve(kMaxNotable);
    if (config.recent_events != 0) recent.resize(std::bit_ceil(config.recent_events));
    if (config.events) {
        events.reserve(wire::kMaxObservations * seq::Changes::kMax);
        evicted.reserve(kMaxEvicted);
    }
    if (config.sample_periods != 0) samples.reserve(wire::kMaxObservations);
    if (config.max_transport_flows != 0
        && !transport.reserve(config.max_transport_flows, config.live))
        return false;
    return table.reserve(rows, config.live) && channels.reserve(rows);
}

/// The slow path: any packet.
[[gnu::noinline]] void Tracker::Impl::track_slow(const wire::Observation& o,
                                                 const SaState* candidate) {
    Row row = candidate != nullptr ? table.row_of(candidate) : kNoRow;
    // The candidate was looked up before the burst; another packet may have made or ended the row.
    if (row == kNoRow || !table.holds(row, o)) {
        row = table.find(o);
        if (row == kNoRow) return create(o);
    }
    SaState& s = table.at(row);
    if (config.idle_timeout != 0 && o.time - s.last_time > config.idle_timeout) {
        evict(row, true);
        return create(o);
    }
    const bool new_period = begins_period(s, table.rest(row), o.time);
    if (new_period && config.sample_periods != 0) sample(row, o.time);
    const Seq64 before = s.highest;
    if ((s.flags & kStandby) == 0 && only_next(s, table.rest(row), o.seq32()))
        ++s.highest;
    else
        step(row, o);
    if (before < seq::kExhaustionWarning && s.highest >= seq::kExhaustionWarning)
        warn_exhaustion(row, o.time);
    account(s, table.rest(row), o, new_period);
}

bool Tracker::Impl::give_record(SaRest& s) {
    s.record = records.take();
    if (s.record != seq::kNoRecord) return true;
    s.record = short_records.take();
    if (s.record == seq::kNoRecord) return false;
    s.record |= kShort;
    ++counters.short_memory;
    return true;
}

void Tracker::Impl::step(Row row, const wire::Observation& o) {
    SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    bool reactivated = false;
    if ((s.flags & kStandby) != 0) {
        reactivated = turn_channel(row, o).reactivated;
        if (only_next(s, rest, o.seq32())) {
            ++s.highest;
            return;
        }
    }
    if (rest.record == seq::kNoRecord && !give_record(rest)) return; // cannot be: one for every row

    seq::RecordPool& pool = pool_of(rest.record);
    const seq::RecordId id = rest.record & ~kShort;
    seq::Instance in{s.highest, rest.first};
    seq::Changes changes;
    seq::step(pool, id, in, {o.seq32(), o.time, reactivated, blind(s, o)}, changes);
    s.highest = in.highest;
    if (rest.first != in.first) {
        rest.first = in.first;
        reset_marks(s, rest, std::max(o.time, rest.mark_time));
    }
    s.flags = static_cast<std::uint16_t>((s.flags & ~kBusy) | (pool.at(id).busy() ? kBusy : 0));
    s.wake = wake_of(pool.at(id), in);
    for (std::size_t i = 0; i < changes.count; ++i)
        log(row, changes.item[i]);
}

/// Whether the source may have lost what is missing between an SA's last packet and this one.
bool Tracker::Impl::blind(const SaState& s, const wire::Observation& o) {
    const auto overlaps = [&](const Drops& d) { return d.from <= o.time && d.to >= s.last_time; };
    for (std::size_t i = 0; i < drop_count; ++i)
        if (overlaps(drops[i])) return true;
    if (long_drop_count == 0) [[likely]]
        return false;
    const Seq64 missing = seq::extend(s.highest, o.seq32()) - s.highest - 1;
    if (missing <= 0) return false;
    for (std::uint64_t n = std::min<std::uint64_t>(long_drop_count, kDropSpans); n > 0; --n) {
        const LongDrops& l = long_drops[(long_drop_count - n) % kDropSpans];
        if (overlaps(l.drops) && budget.drops().take(l.number, static_cast<std::uint64_t>(missing)))
            return true;
    }
    return false;
}

void Tracker::Impl::log(Row row, const seq::Change& c) {
    const bool rare =
        c.kind == seq::ChangeKind::restart || c.kind == seq::ChangeKind::restart_undone;
    if (!rare && !config.events && recent.empty()) return;
    const auto flags =
        static_cast<std::uint8_t>((c.provisional ? kProvisional : 0) | (c.blind ? kBlind : 0));
    const Event e{table.identity(row),
                  table.rest(row).first_time,
                  c.time,
                  c.a,
                  c.b,
                  c.instance,
                  kind_of(c.kind),
                  flags,
                  0,
                  0};
    if (!recent.empty()) recent[recent_count++ & (recent.size() - 1)] = e;
    if (rare)
        note(e);
    else if (config.events)
        events.push(e);
}

void Tracker::Impl::note(const Event& e) {
    ++notable_count;
    if (!notable.full()) notable.push(e);
    if (config.events) events.push(e);
}

/// Called where the highest number of a row has come to the warning line or passed it.
void Tracker::Impl::warn_exhaustion(Row row, TimeNs time) {
    note({table.identity(row), table.rest(row).first_time, time, table.at(row).highest, 0, 0,
          EventKind::exhaustion, 0, 0, 0});
}

Tracker::Tracker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tracker::~Tracker() = default;

Result<std::unique_ptr<Tracker>> Tracker::create(const TrackerConfig& config, FlowBudget& budget) {
    if (config.window < 64 || config.window > 65536 || config.window % 64 != 0)
        return Error{"the window must be a multiple of 64 from 64 to 65536", "", "", 2};
    if (config.max_flows < 1 || config.max_flows > (1u << 28))
        return Error{"the number of flows must be from 1 to 268435456", "", "", 2};
    if (config.sample_periods != 0 && kHourPeriods % config.sample_periods != 0)
        return Error{"samples must be taken a whole number of times an hour", "", "", 2};
    auto impl = std::make_unique<Impl>(config, budget);
    if (!impl->reserve())
        return Error{"no memory for the flow table", "", "ask for fewer flows (--max-flows)", 1};
    return std::unique_ptr<Tracker>(new Tracker(std::move(impl)));
}

void Tracker::report_drops(const Drops& drops) {
    Impl& t = *impl_;
    if (drops.counted()) {
        const std::uint64_t number = t.long_drop_count++;
        t.budget.drops().open(number, drops.frames);
        t.long_drops[number % kDropSpans] = {drops, number};
        return;
    }
    if (t.drop_count == kDropSpans) {
        t.drops[1].merge(t.drops[0]);
        std::copy(t.drops + 1, t.drops + kDropSpans, t.drops);
        --t.drop_count;
    }
    t.drops[t.drop_count++] = drops;
}

std::span<const Event> Tracker::events() const {
    return impl_->events.span();
}
void Tracker::clear_events() {
    impl_->events.clear();
}
std::span<const SaSummary> Tracker::evicted() const {
    return impl_->evicted.span();
}
void Tracker::clear_evicted() {
    impl_->evicted.clear();
}
std::span<const Sample> Tracker::samples() const {
    return impl_->samples.span();
}
void Tracker::clear_samples() {
    impl_->samples.clear();
}
const TransportFlows* Tracker::transport() const {
    return impl_->config.max_transport_flows != 0 ? &impl_->transport : nullptr;
}
TimeNs Tracker::latest() const {
    return impl_->latest;
}
TimeNs Tracker::earliest() const {
    return impl_->earliest;
}
wire::SaIdentity Tracker::identity(std::size_t row) const {
    return impl_->table.identity(static_cast<Row>(row));
}
TimeNs Tracker::first_time(std::size_t row) const {
    return impl_->table.rest(static_cast<Row>(row)).first_time;
}
TimeNs Tracker::last_time(std::size_t row) const {
    return impl_->table.at(static_cast<Row>(row)).last_time;
}
std::uint64_t Tracker::notable_count() const {
    return impl_->notable_count;
}
std::size_t Tracker::row_limit() const {
    return impl_->table.limit();
}
bool Tracker::row_used(std::size_t row) const {
    return impl_->table.at(static_cast<Row>(row)).used();
}

TableCounters Tracker::counters() const {
    TableCounters c = impl_->counters;
    c.rows = impl_->table.size();
    return c;
}

} // namespace lacuna::flow
