// What a tracker tells while it is in use: sums, one row, open runs, the latest holes.
#include "flow/census_taker.hpp"
#include "flow/tracker_impl.hpp"
#include "seq/constants.hpp"
#include "seq/memory.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

/// A row with a record costs about as much as so many without.
constexpr std::size_t kRecordEffort = 16;

/// Of 32-bit numbers.
constexpr Seq64 kEndOfNumbers = Seq64{1} << 32;

} // namespace

void CensusTaker::begin(const Totals& gone) {
    census = {};
    census.totals = gone;
    census.final_lost = gone.lost;
    hand = 0;
    running = true;
}

void CensusTaker::add_plain(std::uint64_t received, std::uint64_t bytes) {
    census.totals.received += received;
    census.totals.bytes += bytes;
}

void CensusTaker::add(Row row, const SaSummary& s, std::uint64_t final_lost) {
    census.totals.add(s);
    census.final_lost += std::min(final_lost, s.lost);
    if (s.lost == 0) return;
    ++census.lossy_rows;
    rank(row, s.lost);
}

void CensusTaker::add_exhausting(const SaSummary& s) {
    Census::Exhausting& e = s.id.key.protocol == Protocol::macsec ? census.macsec : census.ipsec;
    ++e.rows;
    if (s.rate_numbers == 0) return;
    const auto left = static_cast<double>(kEndOfNumbers - s.highest_ext);
    const double per_s = static_cast<double>(s.rate_numbers) * 1e9
                         / static_cast<double>(std::max<std::uint64_t>(s.rate_ns, 1));
    e.first_s = std::min(e.first_s, left / per_s);
}

void CensusTaker::rank(Row row, std::uint64_t lost) {
    auto& worst = census.worst;
    std::uint32_t at = census.worst_count;
    if (at == kWorstRows) {
        if (worst[kWorstRows - 1].lost >= lost) return;
        --at;
    } else {
        ++census.worst_count;
    }
    for (; at > 0 && worst[at - 1].lost < lost; --at)
        worst[at] = worst[at - 1];
    worst[at] = {row, lost};
}

void Tracker::begin_census() {
    impl_->taker.begin(impl_->gone);
}

bool Tracker::continue_census(std::size_t effort) {
    Impl& t = *impl_;
    CensusTaker& taker = t.taker;
    SaSummary summary;
    for (std::size_t spent = 0; spent < effort && taker.hand < t.table.limit(); ++taker.hand) {
        ++spent;
        const SaState& s = t.table.at(taker.hand);
        if (!s.used()) continue;
        const SaRest& rest = t.table.rest(taker.hand);
        const seq::Record* r = t.record_of(rest);
        const bool exhausting = s.highest >= seq::kExhaustionWarning && s.highest < kEndOfNumbers;
        if (r == nullptr) taker.add_plain(t.table.received(taker.hand), s.bytes);
        if (r == nullptr && !exhausting) continue;
        spent += kRecordEffort;
        t.summarize(taker.hand, summary);
        if (exhausting) [[unlikely]]
            taker.add_exhausting(summary);
        if (r == nullptr) continue;
        const seq::Record* settled = r->shadow == seq::kNoRecord ? r : &t.shadow_of(rest, *r);
        taker.add(taker.hand, summary, settled->lost - settled->missing);
    }
    if (taker.hand < t.table.limit()) return false;
    Census& c = taker.census;
    c.totals.flows = t.counters.created;
    c.totals.rekeys = t.channels.rekeys();
    c.table = counters();
    c.notable = t.notable_count;
    c.earliest = t.counters.created != 0 ? t.earliest : 0;
    c.latest = t.counters.created != 0 ? t.latest : 0;
    taker.running = false;
    return true;
}

const Census& Tracker::census() const {
    return impl_->taker.census;
}

std::optional<std::size_t> Tracker::find(const wire::SaIdentity& id, std::uint32_t hash) const {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id = id;
    o.hash = hash;
    const Row row = impl_->table.find(o);
    if (row == kNoRow) return std::nullopt;
    return row;
}

std::size_t Tracker::open_runs(std::size_t row, std::span<OpenRun> out) const {
    const SaState& s = impl_->table.at(static_cast<Row>(row));
    const SaRest& rest = impl_->table.rest(static_cast<Row>(row));
    const seq::Record* r = impl_->record_of(rest);
    if (r == nullptr) return 0;
    std::size_t n = 0;
    seq::for_each_open_run(*r, {s.highest, rest.first}, [&](Seq64 first, std::uint64_t length) {
        if (n < out.size()) out[n] = {first, first + static_cast<Seq64>(length)};
        ++n;
    });
    return n;
}

std::size_t Tracker::recent_room() const {
    return impl_->recent.size();
}

RecentEvents Tracker::recent() const {
    const Impl& t = *impl_;
    return {t.recent, std::min<std::uint64_t>(t.recent_count, t.recent.size()), t.recent_count};
}

} // namespace lacuna::flow
