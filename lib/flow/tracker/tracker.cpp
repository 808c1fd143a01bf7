// The slow path of a packet, and what a tracker answers.
#include "flow/period.hpp"
#include "flow/tracker/tracker_impl.hpp"
#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>
#include <bit>

namespace lacuna::flow {
namespace {

/// A frame of 64 octets takes 84 with preamble and gap.
constexpr double kLeastFrameBits = 84 * 8;
/// Events and samples one burst can show: each of its packets may decide a whole log.
constexpr std::size_t kBurstRoom = 1u << 16;

/// Whether the number simply belongs to the only counter of its row, or can be judged without
/// looking at anything else.
bool plain(const SaState& s, const SaRest& rest, const seq::Record* r, std::uint32_t wire) {
    const Seq64 d = seq::distance(s.highest, wire);
    if (d > 0) return d <= seq::kShortJump;
    const Seq64 n = s.highest + d;
    if (r == nullptr) return d == 0; // a repetition of the last packet
    const std::uint64_t received = std::uint64_t{rest.received_high} << 32 | s.received;
    const auto last =
        r->last_received == received ? r->last_wire : static_cast<std::uint32_t>(s.highest);
    if (wire == last) return true;
    return n >= rest.first && -d < static_cast<Seq64>(r->window)
           && -d < static_cast<Seq64>(seq::kPatience) && n >= r->floor && !seq::seen(*r, n);
}

} // namespace

bool Tracker::Impl::reserve() {
    const std::uint64_t rows = config.max_flows;
    const std::uint64_t memory = config.record_memory != 0
                                     ? config.record_memory
                                     : std::min<std::uint64_t>(rows * 1024 + (1u << 20), 1u << 30);
    constexpr std::size_t kBrief = seq::Record::size(seq::kShortWindow);
    pool_memory = Reserved(seq::Pool::bytes_for(memory, rows, kBrief));
    if (pool_memory.get() == nullptr) return false;
    pool.adopt(pool_memory.get(), memory, rows, kBrief);
    judging.window = config.window != 0 ? config.window : seq::kFirstWindow;
    judging.most_window = config.window != 0 ? config.window : seq::kLargestWindow;
    judging.numbers_per_ns = config.link_speed / kLeastFrameBits / 1e9;
    judging.final_after = or_never(config.final_after);
    notable.reserve(kMaxNotable);
    if (!config.live) pauses.reserve(kMaxPauses);
    if (config.late != 0) late = ReservedArray<Event>(config.late);
    if (config.recent_events != 0) recent.resize(std::bit_ceil(config.recent_events));
    if (config.events) {
        events.reserve(kBurstRoom);
        evicted.reserve(kMaxEvicted);
    }
    if (config.sample_periods != 0) samples.reserve(kBurstRoom);
    if (config.max_transport_flows != 0
        && !transport.reserve(config.max_transport_flows, config.live))
        return false;
    return stamper.reserve(rows, config.events ? config.stamps : 0) && stream_trials.reserve()
           && record_streams.reserve() && provisional.reserve(judging.most_window)
           && table.reserve(rows, config.live) && channels.reserve(rows) && last_seen.reserve(rows);
}

/// A number of fewer than 32 bits as the 32-bit one nearest to the highest seen.
void Tracker::Impl::widen(Row row, const wire::Observation& o, wire::Observation& wide) const {
    const unsigned bits = wire::row_of(o.id.key.protocol).bits;
    const std::int64_t round = std::int64_t{1} << bits;
    std::int64_t up = (static_cast<std::int64_t>(o.seq) - table.at(row).highest) & (round - 1);
    if (up >= round / 2) up -= round;
    wide = o;
    wide.seq = (o.seq & ~wire::kSeqMask) | static_cast<std::uint32_t>(table.at(row).highest + up);
}

/// The slow path: any packet.
[[gnu::noinline]] void Tracker::Impl::track_slow(const wire::Observation& o,
                                                 const SaState* candidate) {
    if ((o.flags & wire::kMoreThanOne) != 0) [[unlikely]]
        return track_special(o);
    Row row = candidate != nullptr ? table.row_of(candidate) : kNoRow;
    // The candidate was looked up before the burst; another packet may have made or ended the row.
    if (row == kNoRow || !table.at(row).used() || !table.holds(row, o)) {
        row = table.find(o);
        if (row == kNoRow) return create(o);
    }
    if (config.idle_timeout != 0 && idle(row, o.time)) {
        evict(row, true);
        return create(o);
    }
    wire::Observation wide;
    if (wire::row_of(o.id.key.protocol).bits < 32) {
        widen(row, o, wide);
        return track_row(row, wide);
    }
    track_row(row, o);
}

/// A packet of a row that is there.
void Tracker::Impl::track_row(Row row, const wire::Observation& o) {
    SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    const bool same = (s.flags & (kOpen | kAlias)) == 0 && table.same_source(row, o);
    if (same && plain(s, rest, record_of(rest), o.seq32())
        && (rest.identity == seq::kNoBlock || seq::distance(s.highest, o.seq32()) == 1)) {
        const bool new_period = begins_period(s, rest, o.time);
        if (new_period && config.sample_periods != 0) sample(row, o.time);
        return step(row, o, new_period);
    }
    Identity* id =
        rest.identity != seq::kNoBlock ? &pool.at<Identity>(rest.identity) : open_identity(row);
    if (id != nullptr) return track_identity(*id, o, sources.of(o.id));
    // No memory: whatever fits no counter at all is an outlier, all else is judged as it is.
    const bool new_period = begins_period(s, rest, o.time);
    if (new_period && config.sample_periods != 0) sample(row, o.time);
    step(row, o, new_period);
}

/// A packet of a row, judged as it is.
void Tracker::Impl::step(Row row, const wire::Observation& o, bool new_period) {
    SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    const RowRef at{&s, &rest};
    if (was_quiet(s, o.time)) [[unlikely]]
        comes_back(row, o.time);
    if (new_period && share.alive() != nullptr)
        share.alive()->sends(peers_of(source_of(row)), o.time);
    const Seq64 before = s.highest;
    const Seq64 d = seq::distance(s.highest, o.seq32());
    Shown shown{};
    if (d == 1 && (s.flags & kBusy) == 0
        && (rest.record == seq::kNoBlock || static_cast<std::uint16_t>(o.seq32()) != s.wake)) {
        ++s.highest;
    } else if (d > seq::kShortJump) {
        judge_outlier(pool, at, 1, judging, counters.short_memory);
        shown.verdict = seq::Verdict::outlier;
    } else {
        const bool blind =
            d > 1 && !drops.none()
            && drops.explain({last_fitting(pool, at), o.time, static_cast<std::uint64_t>(d - 1)},
                             drops.reported(), true);
        shown = judge_packet(pool, at, o.seq32(), o.time, blind, judging, counters.short_memory);
        const seq::Record* r = record_of(rest);
        const bool busy = r != nullptr && r->busy();
        s.flags = static_cast<std::uint16_t>((s.flags & ~kBusy) | (busy ? kBusy : 0));
        set_wake(row);
        if (shown.change.kind != seq::Change::Kind::none) tell(row, o.time, blind, shown.change);
        if (shown.verdict == seq::Verdict::duplicate)
            saw_twice(row, static_cast<std::uint8_t>(o.port()));
        if (wants_late()) tell_late(row, o.time, shown);
    }
    if (stamper.wanted()) stamp(row, o.time, shown, before);
    if (before < seq::kExhaustionWarning && s.highest >= seq::kExhaustionWarning)
        warn_exhaustion(row, o.time);
    account(s, rest, o.time, o.bytes, (o.flags & kAssumed) != 0, new_period);
    s.flags = static_cast<std::uint16_t>((s.flags & ~kInside) | (o.flags & kInside));
    table.seen_at(row, o);
    if (rest.channel != kNoRow)
        channel_packet(row, o.time,
                       s.highest > before                         ? Rise::above
                       : shown.verdict == seq::Verdict::duplicate ? Rise::duplicate
                                                                  : Rise::neither);
}

/// Of what the row's counter has, applied or not.
Seq64 Tracker::Impl::highest_so_far(Row row) const {
    const Seq64 applied = table.at(row).highest;
    const Identity* id = identity_of(row);
    if (id == nullptr) return applied;
    const seq::Block counter = id->counter[table.rest(row).slot];
    if (counter == seq::kNoBlock) return applied;
    return std::max(applied, pool.at<Counter>(counter).highest);
}

void Tracker::Impl::tell_rekey(const Rekey& rekey, Row row, Seq64 first) {
    if (!rekey.happened) return;
    const Seq64 old = rekey.from != kNoRow ? highest_so_far(rekey.from) : -1;
    note({shown_identity(row), table.rest(row).first_time, rekey.time, old, first, 0,
          EventKind::rekey, 0, rekey.from_an, 0});
}

void Tracker::Impl::channel_packet(Row row, TimeNs time, Rise rise) {
    const Seq64 first = table.rest(row).first;
    tell_rekey(channels.packet(table, row, time, rise, pool), row, first);
}

/// A counter that begins again under an AN is a rekey, or part of one.
void Tracker::Impl::restarted_an(Row row, TimeNs time, Seq64 high, Seq64 first) {
    const Rekey rekey = channels.restarted(table, row, time, pool);
    if (rekey.from == row) {
        note({shown_identity(row), table.rest(row).first_time, time, high, first, 0,
              EventKind::rekey, 0, rekey.from_an, 0});
        return;
    }
    tell_rekey(rekey, row, first);
}

void Tracker::Impl::tell(Row row, TimeNs time, bool blind, const seq::Change& c) {
    if (c.kind == seq::Change::Kind::none) return;
    if (!config.events && recent.empty()) return;
    const seq::Record* r = record_of(table.rest(row));
    const Event e{shown_identity(row),
                  table.rest(row).first_time,
                  time,
                  c.a,
                  c.b,
                  r != nullptr ? r->restarts : 0,
                  c.kind == seq::Change::Kind::hole_opened ? EventKind::hole_opened
                                                           : EventKind::hole_filled,
                  static_cast<std::uint8_t>(blind ? kBlind : 0),
                  0,
                  0};
    if (!recent.empty()) recent[recent_count++ & (recent.size() - 1)] = e;
    if (config.events) push_event(e);
}

void Tracker::Impl::tell_late(Row row, TimeNs time, const Shown& shown) {
    if (shown.verdict != seq::Verdict::late && shown.verdict != seq::Verdict::too_old
        && shown.verdict != seq::Verdict::duplicate)
        return;
    ++late_count;
    const bool listed = late_size < config.late;
    const bool stored = config.events && late_rate.take(row, time);
    if (!listed && !stored) return;
    const seq::Record* r = record_of(table.rest(row));
    const Event e{shown_identity(row),
                  table.rest(row).first_time,
                  time,
                  table.at(row).highest - static_cast<Seq64>(shown.extent),
                  static_cast<Seq64>(shown.extent),
                  r != nullptr ? r->restarts : 0,
                  EventKind::late,
                  0,
                  static_cast<std::uint8_t>(shown.verdict),
                  0};
    if (listed) late[late_size++] = e;
    if (stored) push_event(e);
}

/// A packet that was told, and repetitions of it, has become part of another counter or instance.
/// What is told lies near the end; the search is bounded.
void Tracker::Impl::untell_late(Row row, const Entry& e) {
    constexpr std::size_t kFarthest = 4096;
    if (e.verdict != seq::Verdict::late && e.verdict != seq::Verdict::too_old
        && e.verdict != seq::Verdict::duplicate)
        return;
    late_count -= e.count;
    std::uint32_t left = e.count;
    const std::size_t stop = late_size > kFarthest ? late_size - kFarthest : 0;
    const wire::SaIdentity id = shown_identity(row);
    for (std::size_t i = late_size; i > stop && left != 0; --i) {
        Event& told = late[i - 1];
        if (told.kind != EventKind::late || static_cast<std::uint32_t>(told.a) != e.wire
            || told.row != table.rest(row).first_time || !(told.id == id))
            continue;
        told.kind = EventKind{};
        --left;
    }
    if (config.events)
        push_event({id, table.rest(row).first_time, e.time, static_cast<Seq64>(e.wire),
                    static_cast<Seq64>(e.count), 0, EventKind::late, 0, kTakenBack, 0});
}

void Tracker::Impl::push_event(const Event& e) {
    if (events.full()) {
        ++counters.events_missed;
        return;
    }
    events.push(e);
}

void Tracker::Impl::note(const Event& e) {
    ++notable_count;
    if (!notable.full()) notable.push(e);
    if (!recent.empty()) recent[recent_count++ & (recent.size() - 1)] = e;
    if (config.events) push_event(e);
}

/// Called where the highest number of a row has come to the warning line or passed it.
void Tracker::Impl::warn_exhaustion(Row row, TimeNs time) {
    note({shown_identity(row), table.rest(row).first_time, time, table.at(row).highest, 0, 0,
          EventKind::exhaustion, 0, 0, 0});
}

Tracker::Tracker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tracker::~Tracker() = default;

Result<std::unique_ptr<Tracker>> Tracker::create(const TrackerConfig& config, FlowBudget& budget) {
    if (config.window != 0
        && (config.window < 64 || config.window > 65536 || config.window % 64 != 0))
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
    impl_->drops.add(drops);
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
    return impl_->shown_identity(static_cast<Row>(row));
}
TimeNs Tracker::first_time(std::size_t row) const {
    return impl_->table.rest(static_cast<Row>(row)).first_time;
}
TimeNs Tracker::last_time(std::size_t row) const {
    return impl_->table.at(static_cast<Row>(row)).last_time;
}
std::span<const Event> Tracker::late() const {
    return {impl_->late.get(), impl_->late_size};
}
std::uint64_t Tracker::late_count() const {
    return impl_->late_count;
}
std::uint64_t Tracker::notable_count() const {
    return impl_->notable_count;
}
std::size_t Tracker::row_limit() const {
    return impl_->table.limit();
}
bool Tracker::row_used(std::size_t row) const {
    return impl_->table.at(static_cast<Row>(row)).counts();
}

TableCounters Tracker::counters() const {
    TableCounters c = impl_->counters;
    c.rows = impl_->table.size();
    return c;
}

} // namespace lacuna::flow
