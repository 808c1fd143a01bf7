#include "flow/counters/row_figures.hpp"

#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::flow {

using seq::kNoBlock;

std::uint64_t Judging::capacity(TimeNs since, TimeNs now) const {
    if (numbers_per_ns <= 0) return UINT64_MAX;
    const auto passed = static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(since);
    const std::uint64_t ns = now > since ? passed + kTick : kTick;
    return static_cast<std::uint64_t>(numbers_per_ns * static_cast<double>(ns));
}

void account(SaState& s, SaRest& rest, TimeNs time, std::uint64_t bytes, bool assumed,
             bool new_period) {
    const bool first = s.received == 0 && rest.received_high == 0;
    if (++s.received == 0) ++rest.received_high;
    s.bytes += bytes;
    if (assumed) s.flags |= kAssumed;
    if (new_period) move_mark(s, rest, time);
    if (first) {
        s.last_time = time;
        return;
    }
    // Stamps may lie farther apart than a signed number tells.
    std::uint64_t gap = 0;
    if (time >= s.last_time)
        gap = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(s.last_time);
    else
        rest.backwards_ns +=
            static_cast<std::uint64_t>(s.last_time) - static_cast<std::uint64_t>(time);
    const auto near = static_cast<std::uint32_t>(std::min<std::uint64_t>(gap, kLongInterarrival));
    if (near == kLongInterarrival) {
        rest.long_min_ns = std::min(rest.long_min_ns, gap);
        rest.long_max_ns = std::max(rest.long_max_ns, gap);
    }
    s.min_interarrival_ns = std::min(s.min_interarrival_ns, near);
    s.max_interarrival_ns = std::max(s.max_interarrival_ns, near);
    s.last_time = time;
}

void begin_row(RowRef row, Seq64 first, TimeNs time) {
    SaState& s = *row.state;
    s.highest = first - 1;
    s.last_time = time;
    s.bytes = 0;
    s.received = 0;
    s.min_interarrival_ns = kLongInterarrival;
    s.max_interarrival_ns = 0;
    s.wake = 0;
    SaRest& rest = *row.rest;
    rest = {};
    rest.first = first;
    rest.first_time = time;
    rest.long_min_ns = std::numeric_limits<std::uint64_t>::max();
    rest.record = kNoBlock;
    rest.identity = kNoBlock;
    rest.channel = kNoRow;
    reset_marks(s, rest, time);
    rest.mark_number = rest.prev_number = static_cast<std::uint32_t>(first);
}

seq::Record* record_for(seq::Pool& pool, RowRef row, const Judging& judging, std::uint64_t& brief) {
    if (row.rest->record == kNoBlock) {
        row.rest->record = seq::take_record(pool, judging.window);
        if (row.rest->record == kNoBlock) return nullptr;
        if (pool.from_reserve(row.rest->record)) ++brief;
    }
    return &pool.at<seq::Record>(row.rest->record);
}

namespace {

/// Doubles the memory, if the pool has room.
void enlarge(seq::Pool& pool, RowRef row) {
    const seq::Record& r = pool.at<seq::Record>(row.rest->record);
    const seq::Block block = pool.take(seq::Record::size(2 * r.window));
    if (block == kNoBlock) return;
    seq::Record& larger = pool.at<seq::Record>(block);
    larger.window = 2 * r.window;
    seq::grow(r, {row.state->highest, row.rest->first}, larger);
    seq::give_back_record(pool, row.rest->record);
    row.rest->record = block;
}

} // namespace

Shown judge_packet(seq::Pool& pool, RowRef row, std::uint32_t wire, TimeNs time, bool blind,
                   const Judging& judging, std::uint64_t& brief) {
    SaState& s = *row.state;
    Shown shown{};
    const Seq64 d = seq::distance(s.highest, wire);
    shown.extent = d < 0 ? static_cast<std::uint64_t>(-d) : 0;
    if (d == 1 && row.rest->record == kNoBlock) {
        ++s.highest;
        return shown;
    }
    seq::Record* r = record_for(pool, row, judging, brief);
    if (r == nullptr) return shown; // cannot be: there is one for every row
    seq::Instance in{s.highest, row.rest->first};
    const bool hole = d > 1;
    shown.verdict =
        seq::judge(*r, in,
                   {wire, blind, hole ? judging.capacity(s.last_time, time) : UINT64_MAX, time,
                    judging.final_after},
                   shown.change);
    s.highest = in.highest;
    if (seq::wants_memory(*r, shown.verdict, shown.extent, judging.most_window)) enlarge(pool, row);
    r = &pool.at<seq::Record>(row.rest->record);
    r->last_wire = wire;
    r->last_received = (std::uint64_t{row.rest->received_high} << 32 | s.received) + 1;
    return shown;
}

void judge_outlier(seq::Pool& pool, RowRef row, std::uint64_t count, const Judging& judging,
                   std::uint64_t& brief) {
    seq::Record* r = record_for(pool, row, judging, brief);
    if (r == nullptr) return;
    const TimeNs before = last_fitting(pool, row);
    r->outliers += count;
    r->before_outlier = before;
    r->outlier_received =
        (std::uint64_t{row.rest->received_high} << 32 | row.state->received) + count;
}

TimeNs last_fitting(const seq::Pool& pool, RowRef row) {
    if (row.rest->record == kNoBlock) return row.state->last_time;
    const auto& r = pool.at<seq::Record>(row.rest->record);
    const std::uint64_t received =
        std::uint64_t{row.rest->received_high} << 32 | row.state->received;
    return r.outliers != 0 && r.outlier_received == received ? r.before_outlier
                                                             : row.state->last_time;
}

void pass_on(seq::Pool& pool, RowRef row, std::uint64_t count) {
    if (row.rest->record == kNoBlock) {
        row.state->highest += static_cast<Seq64>(count);
        return;
    }
    seq::Instance in{row.state->highest, row.rest->first};
    seq::pass(pool.at<seq::Record>(row.rest->record), in, count);
    row.state->highest = in.highest;
}

void set_wake(const seq::Pool& pool, RowRef row) {
    constexpr Seq64 kRound = 0x10000;
    static_assert(seq::kExhaustionWarning % kRound == 0);
    if (row.rest->record == kNoBlock) return;
    const auto& r = pool.at<seq::Record>(row.rest->record);
    const seq::Instance in{row.state->highest, row.rest->first};
    const Seq64 round = (in.highest | (kRound - 1)) + 1;
    row.state->wake = static_cast<std::uint16_t>(
        r.missing != 0 ? std::min(round, seq::lowest_missing(r, in) + r.window) : round);
}

bool copy_figures(const seq::Pool& from, RowRef row, seq::Pool& to, Figures& out) {
    out.state = *row.state;
    out.rest = *row.rest;
    if (row.rest->record == kNoBlock) return true;
    out.rest.record = seq::copy_record(from, row.rest->record, to);
    return out.rest.record != kNoBlock;
}

void take_figures(RowRef row, const Figures& figures) {
    SaState& s = *row.state;
    s.highest = figures.state.highest;
    s.bytes = figures.state.bytes;
    s.last_time = figures.state.last_time;
    s.received = figures.state.received;
    s.min_interarrival_ns = figures.state.min_interarrival_ns;
    s.max_interarrival_ns = figures.state.max_interarrival_ns;
    const SaRest kept = *row.rest;
    *row.rest = figures.rest;
    row.rest->identity = kept.identity;
    row.rest->channel = kept.channel;
    row.rest->slot = kept.slot;
    row.rest->ordinal = kept.ordinal;
    row.rest->port = kept.port;
    row.rest->vlan = kept.vlan;
}

void add_difference(seq::Pool& pool, RowRef to, RowRef more, RowRef less, const Judging& judging,
                    std::uint64_t& brief) {
    const auto received = [](RowRef r) {
        return std::uint64_t{r.rest->received_high} << 32 | r.state->received;
    };
    const std::uint64_t sum = received(to) + received(more) - received(less);
    to.rest->received_high = static_cast<std::uint16_t>(sum >> 32);
    to.state->received = static_cast<std::uint32_t>(sum);
    to.state->bytes += more.state->bytes - less.state->bytes;
    if (more.rest->record == kNoBlock) return;
    seq::Record* r = record_for(pool, to, judging, brief);
    if (r == nullptr) return;
    r->absorb(pool.at<seq::Record>(more.rest->record));
    if (less.rest->record != kNoBlock) r->absorb(pool.at<seq::Record>(less.rest->record), -1);
}

void join_figures(seq::Pool& pool, RowRef row, RowRef part, const Judging& judging,
                  std::uint64_t& brief) {
    seq::Record* r = record_for(pool, row, judging, brief);
    // The part was numbered from an unknown high half on; here it is known.
    const Seq64 first =
        seq::extend(row.state->highest, static_cast<std::uint32_t>(part.rest->first));
    const Seq64 highest =
        std::max(row.state->highest, first + (part.state->highest - part.rest->first));
    const TimeNs last = part.state->last_time;
    if (r != nullptr) {
        seq::Instance in{row.state->highest, row.rest->first};
        if (first > in.highest) seq::advance(*r, in, first, false);
        in.highest = highest;
        r->floor = highest; // whatever was seen below is forgotten
    }
    absorb(pool, row, part);
    row.state->highest = highest;
    row.state->last_time = last;
}

void absorb(seq::Pool& pool, RowRef into, RowRef part) {
    SaState& s = *into.state;
    SaRest& rest = *into.rest;
    const std::uint64_t received =
        (std::uint64_t{rest.received_high} << 32 | s.received)
        + (std::uint64_t{part.rest->received_high} << 32 | part.state->received);
    rest.received_high = static_cast<std::uint16_t>(received >> 32);
    s.received = static_cast<std::uint32_t>(received);
    s.bytes += part.state->bytes;
    rest.first_time = std::min(rest.first_time, part.rest->first_time);
    s.last_time = std::max(s.last_time, part.state->last_time);
    if (part.rest->record == kNoBlock) return;
    seq::Record& old = pool.at<seq::Record>(part.rest->record);
    seq::flush(old, {part.state->highest, part.rest->first});
    if (rest.record != kNoBlock) {
        seq::Record& r = pool.at<seq::Record>(rest.record);
        if (r.restarts == 0) r.origin = rest.first;
        r.absorb(old);
    }
    seq::give_back_record(pool, part.rest->record);
    part.rest->record = kNoBlock;
}

void begin_instance(seq::Pool& pool, RowRef row, Seq64 first, TimeNs time, const Judging& judging,
                    std::uint64_t& brief) {
    seq::Record* r = record_for(pool, row, judging, brief);
    seq::Instance in{row.state->highest, row.rest->first};
    if (r != nullptr) seq::begin_instance(*r, in, first);
    row.rest->first = first;
    row.state->highest = first - 1;
    reset_marks(*row.state, *row.rest, std::max(time, row.rest->mark_time));
    row.rest->mark_number = row.rest->prev_number = static_cast<std::uint32_t>(first);
}

void add_to(seq::Account& account, const Entry& e, bool skip_first) {
    const bool same = (e.flags & kEntrySaved) != 0;
    for (std::uint32_t i = skip_first ? 1 : 0; i < e.count; ++i)
        account.add(same ? e.wire : e.wire + i);
}

} // namespace lacuna::flow
