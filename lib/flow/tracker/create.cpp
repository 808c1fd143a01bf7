// How rows come into the table.
#include "flow/period.hpp"
#include "flow/tracker/tracker_impl.hpp"

#include <algorithm>

namespace lacuna::flow {

void Tracker::Impl::create(const wire::Observation& o) {
    if (Identity* id = moved_from(o); id != nullptr && add_alias(*id, o))
        return track_identity(*id, o, sources.of(o.id));
    const bool macsec = o.id.key.protocol == Protocol::macsec;
    if (macsec && config.idle_timeout != 0) evict_idle_siblings(o);
    if (!share.take() && !make_room()) {
        ++counters.refused;
        return;
    }
    const Row row = table.insert(o);
    if (row == kNoRow) {
        share.give_back();
        ++counters.refused;
        return;
    }
    ++counters.created;
    if (!wire::is_link(o.id.key.protocol)) ++created_of[wire::counter_index(o.id.key.protocol)];
    earliest = std::min(earliest, o.time);
    SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    begin_row({&s, &rest}, o.seq32(), o.time);
    table.seen_at(row, o);
    s.flags = static_cast<std::uint16_t>(s.flags | (o.flags & (kAssumed | kInside)));
    if (const LeftBehind* const left = left_by_earlier_run(o)) [[unlikely]] {
        go_on_from(row, o, *left);
    } else {
        s.highest = o.seq32();
    }
    if (stamper.wanted()) {
        stamper.forget(row);
        s.wake = static_cast<std::uint16_t>(s.highest + 1); // the first number is told by the row
    }
    s.received = 1;
    s.bytes = o.bytes;
    if (macsec) {
        if (!wire::is_shared(o.id.key)) channels.join(table, row, o, pool);
        if (rest.channel != kNoRow) channel_packet(row, o.time, Rise::above);
    } else if (o.id.key.multicast == 0) {
        last_seen.put(sources.spi_and_source(o.id), row);
    }
    if (share.alive() != nullptr) share.alive()->begins(peers_of(source_of(row)), o.time);
    if (s.highest >= seq::kExhaustionWarning) warn_exhaustion(row, o.time);
}

/// What an earlier run knew of the SA of `o`, if that begins behind it.
const LeftBehind* Tracker::Impl::left_by_earlier_run(const wire::Observation& o) const {
    if (left_behind.empty()) [[likely]]
        return nullptr;
    wire::SaIdentity with_source = o.id;
    with_source.key.tag = 0;
    LeftBehind wanted{wire::identity_of(wire::shown_source(with_source)), 0};
    wanted.id.key.spare = 0;
    const auto at =
        std::lower_bound(left_behind.begin(), left_behind.end(), wanted, LeftBehind::before);
    if (at == left_behind.end() || !(at->id == wanted.id)) return nullptr;
    return seq::distance(at->highest, o.seq32()) > 0 ? &*at : nullptr;
}

/// The row begins at the number behind the highest of the earlier run; what is missing was sent
/// while nobody listened, however much it is.
void Tracker::Impl::go_on_from(Row row, const wire::Observation& o, const LeftBehind& left) {
    SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    s.highest = left.highest;
    rest.first = left.highest + 1;
    const Seq64 missing = seq::distance(left.highest, o.seq32()) - 1;
    ++taken_up.sas;
    taken_up.missing += static_cast<std::uint64_t>(missing);
    const Shown shown =
        judge_packet(pool, {&s, &rest}, o.seq32(), o.time, true, judging, counters.short_memory);
    const seq::Record* r = record_of(rest);
    if (r != nullptr && r->busy()) s.flags |= kBusy;
    flow::set_wake(pool, {&s, &rest});
    reset_marks(s, rest, o.time);
    tell(row, o.time, true, shown.change);
}

void Tracker::take_up(std::span<const LeftBehind> left) {
    impl_->left_behind = left;
}

TakenUp Tracker::taken_up() const {
    return impl_->taken_up;
}

/// What was idle for so long that the next packet would end it does not count as another AN of the
/// channel, whether it has been found yet or not.
void Tracker::Impl::evict_idle_siblings(const wire::Observation& o) {
    if (!table.may_have_siblings(o)) return;
    for (std::uint8_t an = 0; an < kAns; ++an) {
        const Row row = table.sibling(o, an);
        if (row != kNoRow && idle(row, o.time)) evict(row, true);
    }
}

} // namespace lacuna::flow
