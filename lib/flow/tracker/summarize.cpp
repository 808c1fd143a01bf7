// From the packed state of a row to figures.
#include "flow/tracker/tracker_impl.hpp"
#include "seq/reorder_window.hpp"
#include "wire/frame_source.hpp"

#include <algorithm>
#include <limits>

namespace lacuna::flow {
namespace {

/// The figures an SA has only once it showed an anomaly. The input is taken to end here: runs still
/// in the memory are as final as the others.
void add_record(const seq::Record& r, const seq::Instance& in, SaSummary& out) {
    out.lost = r.lost;
    out.lost_blind = r.lost_blind;
    out.gaps = r.gaps;
    out.duplicates = r.duplicates;
    out.late = r.late;
    out.max_late_extent = r.max_late_extent;
    out.too_old = r.too_old;
    out.before_first = r.before_first;
    out.outliers = r.outliers;
    out.lost_doubtful = r.lost_doubtful;
    out.reused_ans = r.reused_ans;
    out.recovered = r.recovered.sum();
    out.recovered_blind = r.recovered.blind;
    out.recovered_doubtful = r.recovered.doubtful;
    out.restarts = r.restarts;
    if (r.restarts != 0) out.first_ext = r.origin;
    std::copy(std::begin(r.late_extents), std::end(r.late_extents), out.late_extents);
    std::copy(std::begin(r.too_old_extents), std::end(r.too_old_extents),
              out.too_old_extents + seq::Record::kTooOldFirst);
    std::copy(std::begin(r.loss_periods), std::end(r.loss_periods), out.loss_periods);
    std::copy(std::begin(r.loss_distances), std::end(r.loss_distances), out.loss_distances);

    out.max_gap = r.max_gap;
    bool has_last = r.has_last_loss;
    Seq64 last = r.last_loss;
    seq::for_each_open_run(r, in, [&](Seq64 first, std::uint64_t length) {
        out.max_gap = std::max(out.max_gap, length);
        ++out.loss_periods[log2_bucket(length)];
        if (has_last) ++out.loss_distances[log2_bucket(static_cast<std::uint64_t>(first - last))];
        has_last = true;
        last = first + static_cast<Seq64>(length) - 1;
    });
}

} // namespace

void Tracker::Impl::fill(RowRef row, const seq::Pool& from, SaSummary& out) const {
    const SaState& s = *row.state;
    const SaRest& rest = *row.rest;
    out.first_time = rest.first_time;
    out.last_time = s.last_time;
    out.received = std::uint64_t{rest.received_high} << 32 | s.received;
    out.bytes = s.bytes;
    out.first_ext = rest.first;
    out.highest_ext = s.highest;
    const auto whole = [](std::uint32_t near, std::uint64_t far) {
        return near == kLongInterarrival ? far : near;
    };
    out.min_interarrival_ns = out.received > 1 ? whole(s.min_interarrival_ns, rest.long_min_ns) : 0;
    out.max_interarrival_ns = whole(s.max_interarrival_ns, rest.long_max_ns);
    out.sum_interarrival_ns = static_cast<std::uint64_t>(s.last_time)
                              - static_cast<std::uint64_t>(rest.first_time) + rest.backwards_ns;
    const TimeNs since =
        s.last_time > rest.mark_time ? static_cast<TimeNs>(std::min<std::uint64_t>(
            static_cast<std::uint64_t>(s.last_time) - static_cast<std::uint64_t>(rest.mark_time),
            std::numeric_limits<TimeNs>::max() / 2))
                                     : 0;
    out.rate_ns = static_cast<std::uint64_t>(since + TimeNs{rest.prev_us} * 1000);
    out.rate_numbers = static_cast<std::uint32_t>(s.highest) - rest.prev_number;
    out.period_time = rest.mark_time;
    out.inside = (s.flags & kInside) >> wire::kInsideShift;
    out.sci_assumed = (s.flags & kAssumed) != 0 ? 1 : 0;
    out.vlan = rest.vlan;
    // Several captures are one stream: only interfaces are told apart in one.
    out.port = config.live || (rest.port & wire::kHasInterface) != 0 ? rest.port : 0;
    out.silent = (s.flags & kSilent) != 0 ? 1 : 0;
    if (rest.record == seq::kNoBlock) return;
    const auto& r = from.at<seq::Record>(rest.record);
    add_record(r, {s.highest, rest.first}, out);
    const std::uint64_t far = r.far_duplicates + r.too_old + r.before_first;
    out.interleaved = seq::kInterleavedShare * far >= out.received && out.received != 0 ? 1 : 0;
    if (out.interleaved != 0) out.lost_doubtful = out.lost - out.lost_blind;
}

void Tracker::Impl::summarize(Row row, SaSummary& out) const {
    out = {};
    out.id = shown_identity(row);
    out.source = named(row);
    const Identity* id = identity_of(row);
    const auto real = [&] {
        return RowRef{const_cast<SaState*>(&table.at(row)), const_cast<SaRest*>(&table.rest(row))};
    };
    if (id == nullptr) return fill(real(), pool, out);
    if (id->log.count == 0 && id->open == 0) {
        fill(real(), pool, out);
    } else if (const Figures* f =
                   provisional.of(table, pool, *id, row, drops, judging, activity(id->primary))) {
        Figures copy = *f;
        fill({&copy.state, &copy.rest}, provisional.records(), out);
    } else {
        fill(real(), pool, out);
    }
    const SaRest& rest = table.rest(row);
    out.ordinal = rest.ordinal;
    out.counters = static_cast<std::uint32_t>(id->live - id->open);
    const seq::Block counter = id->counter[rest.slot];
    if (counter != seq::kNoBlock) out.stations = pool.at<Counter>(counter).source_count;
    if (rest.slot == id->rest_slot) out.interleaved = 1;
}

/// The identity and source of a row, as one of several counters where it is one.
wire::SaIdentity Tracker::Impl::named(Row row) const {
    const Identity* id = identity_of(row);
    const SaRest& rest = table.rest(row);
    if (id == nullptr || id->counter[rest.slot] == seq::kNoBlock) {
        return source_of(row);
    }
    wire::SaIdentity shown = pool.at<Counter>(id->counter[rest.slot]).shown;
    shown.key.tag = 0;
    const bool several = id->live - id->open > 1 || rest.ordinal != 0;
    std::uint16_t number = 1;
    if (several)
        for (std::size_t i = 0; i < id->live; ++i) {
            const Counter& c = pool.at<Counter>(id->counter[id->order[i]]);
            if (c.row == kNoRow || c.row == row || table.rest(c.row).ordinal >= rest.ordinal)
                continue;
            wire::SaIdentity other = c.shown;
            other.key.tag = 0;
            if (other == shown) ++number;
        }
    shown = wire::shown_source(shown);
    if (several) {
        shown.key.spare = wire::kOneOfSeveral;
        shown.key.tag = number;
    }
    return shown;
}

wire::SaIdentity Tracker::Impl::shown_identity(Row row) const {
    const wire::SaIdentity name = named(row);
    if (table.rest(row).ordinal != 0) return name;
    wire::SaIdentity plain = wire::identity_of(name); // it keeps it when others come
    plain.key.spare = 0;
    return plain;
}

/// Called before the first packet of a later period is looked at.
void Tracker::Impl::sample(Row row, TimeNs now) {
    const SaRest& rest = table.rest(row);
    const TimeNs length = config.sample_periods * kPeriod;
    const TimeNs start = interval_start(rest.mark_time, length);
    if (start == interval_start(now, length)) return;
    const SaState& s = table.at(row);
    Sample out{};
    out.id = shown_identity(row);
    out.row = rest.first_time;
    out.start = start;
    out.next = now;
    out.received = table.received(row);
    out.bytes = s.bytes;
    if (const seq::Record* r = record_of(rest)) {
        out.lost = r->lost;
        out.lost_blind = r->lost_blind;
        out.late = r->late;
        out.duplicates = r->duplicates;
        out.too_old = r->too_old;
        out.restarts = r->restarts;
    }
    samples.push(out);
}

void Tracker::summarize(std::size_t row, SaSummary& out) const {
    impl_->summarize(static_cast<Row>(row), out);
}

void Tracker::Impl::complete(Sums& sums) const {
    sums.links.flows = counters.created;
    sums.links.rekeys = channels.rekeys();
    for (std::size_t i = 0; i < wire::kCounters; ++i) {
        sums.counters[i].flows = created_of[i];
        sums.links.flows -= created_of[i];
    }
}

Sums Tracker::sums() const {
    Sums sums = impl_->gone;
    SaSummary s;
    for (std::size_t row = 0; row < row_limit(); ++row) {
        if (!row_used(row)) continue;
        summarize(row, s);
        sums.of(s.id.key.protocol).add(s);
    }
    impl_->complete(sums);
    return sums;
}

Totals Tracker::totals() const {
    return sums().links;
}

std::vector<Event> Tracker::notable() const {
    const std::span<const Event> kept = impl_->notable.span();
    return {kept.begin(), kept.end()};
}

std::vector<RekeyTotals> Tracker::rekeys() const {
    std::vector<RekeyTotals> list;
    for (Row i = 0; i < impl_->channels.limit(); ++i) {
        const Channel& c = impl_->channels.at(i);
        if (c.used == 0 || c.rekeys == 0) continue;
        const Row row =
            *std::find_if(std::begin(c.row), std::end(c.row), [](Row r) { return r != kNoRow; });
        wire::SaIdentity id = impl_->table.identity(row);
        id.key.an = 0;
        list.push_back({id, c.rekeys});
    }
    std::sort(list.begin(), list.end(), [](const RekeyTotals& a, const RekeyTotals& b) {
        return std::memcmp(&a.channel, &b.channel, sizeof a.channel) < 0;
    });
    return list;
}

} // namespace lacuna::flow
