// What a tracker tells while it is in use: sums, one row, open runs, the latest holes.
#include "flow/period.hpp"
#include "flow/tracker/table_sums_walk.hpp"
#include "flow/tracker/tracker_impl.hpp"
#include "seq/constants.hpp"
#include "seq/final.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

/// A row with a record costs about as much as so many without.
constexpr std::size_t kRecordEffort = 16;

/// Of 32-bit numbers.
constexpr Seq64 kEndOfNumbers = Seq64{1} << 32;

} // namespace

void TableSumsWalk::begin(const Sums& gone, const Quiet& at) {
    table_sums = {};
    table_sums.sums = gone;
    table_sums.final = final_parts(gone.links);
    quiet = at;
    hand = 0;
    running = true;
}

void TableSumsWalk::add_plain(Protocol protocol, std::uint64_t received, std::uint64_t bytes) {
    Totals& t = table_sums.sums.of(protocol);
    t.received += received;
    t.bytes += bytes;
}

/// `final`: of the row, which may not know yet what the summary takes for granted.
void TableSumsWalk::add(Row row, const SaSummary& s, seq::LossParts final) {
    table_sums.sums.of(s.id.key.protocol).add(s);
    if (s.interleaved != 0) final = {0, final.blind, final.network + final.doubtful};
    const seq::LossParts most = final_parts(s);
    final.network = std::min(final.network, most.network);
    final.blind = std::min(final.blind, most.blind);
    final.doubtful = std::min(final.doubtful, most.doubtful);
    if (wire::is_link(s.id.key.protocol)) table_sums.final += final;
    if (s.lost == 0) return;
    ++table_sums.lossy_rows;
    rank(row, s.lost);
}

void TableSumsWalk::add_exhausting(const SaSummary& s) {
    TableSums::Exhausting& e =
        s.id.key.protocol == Protocol::macsec ? table_sums.macsec : table_sums.ipsec;
    ++e.rows;
    if (s.rate_numbers == 0) return;
    const auto left = static_cast<double>(kEndOfNumbers - s.highest_ext);
    const double per_s = static_cast<double>(s.rate_numbers) * 1e9
                         / static_cast<double>(std::max<std::uint64_t>(s.rate_ns, 1));
    e.first_s = std::min(e.first_s, left / per_s);
}

void TableSumsWalk::rank(Row row, std::uint64_t lost) {
    auto& worst = table_sums.worst;
    std::uint32_t at = table_sums.worst_count;
    if (at == kWorstRows) {
        if (worst[kWorstRows - 1].lost >= lost) return;
        --at;
    } else {
        ++table_sums.worst_count;
    }
    for (; at > 0 && worst[at - 1].lost < lost; --at)
        worst[at] = worst[at - 1];
    worst[at] = {row, lost};
}

void Tracker::begin_table_sums(const Quiet& quiet) {
    impl_->walk.begin(impl_->gone, quiet);
}

bool Tracker::continue_table_sums(std::size_t effort) {
    Impl& t = *impl_;
    TableSumsWalk& walk = t.walk;
    SaSummary summary;
    const TimeNs now = std::max(t.latest, walk.quiet.now);
    for (std::size_t spent = 0; spent < effort && walk.hand < t.table.limit(); ++walk.hand) {
        ++spent;
        const SaState& s = t.table.at(walk.hand);
        if (!s.counts()) continue;
        const SaRest& rest = t.table.rest(walk.hand);
        t.earliest = std::min(t.earliest, s.last_time); // stamps may run backwards
        if ((s.flags & kSilent) != 0) {
            ++walk.table_sums.silent_rows;
        } else if (walk.quiet.known() && elapsed(s.last_time, walk.quiet.now) >= t.silent_after)
            [[unlikely]] {
            spent += kRecordEffort;
            if (t.falls_silent(walk.hand, walk.quiet)) ++walk.table_sums.silent_rows;
        }
        const seq::Record* r = t.record_of(rest);
        const bool exhausting = s.highest >= seq::kExhaustionWarning && s.highest < kEndOfNumbers
                                && wire::row_of(s.key.protocol).bits == 32;
        const Identity* id = t.identity_of(walk.hand);
        const bool is_plain = r == nullptr && (id == nullptr || id->log.count == 0);
        if (is_plain) walk.add_plain(s.key.protocol, t.table.received(walk.hand), s.bytes);
        if (is_plain && !exhausting) continue;
        spent += kRecordEffort;
        t.summarize(walk.hand, summary);
        if (exhausting) [[unlikely]]
            walk.add_exhausting(summary);
        if (is_plain) continue;
        walk.add(walk.hand, summary,
                 r != nullptr
                     ? seq::final_loss(*r, {s.highest, rest.first}, now, t.judging.final_after)
                     : seq::LossParts{});
    }
    if (walk.hand < t.table.limit()) return false;
    TableSums& c = walk.table_sums;
    t.complete(c.sums);
    c.table = counters();
    c.notable = t.notable_count;
    c.earliest = t.counters.created != 0 ? t.earliest : 0;
    c.latest = t.counters.created != 0 ? t.latest : 0;
    walk.running = false;
    return true;
}

const TableSums& Tracker::table_sums() const {
    return impl_->walk.table_sums;
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
