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
    if (!budget.take() && !make_room()) {
        ++counters.refused;
        return;
    }
    const Row row = table.insert(o);
    if (row == kNoRow) {
        budget.give_back();
        ++counters.refused;
        return;
    }
    ++counters.created;
    if (!wire::is_link(o.id.key.protocol)) ++created_of[wire::counter_index(o.id.key.protocol)];
    earliest = std::min(earliest, o.time);
    SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    begin_row({&s, &rest}, o.seq32(), o.time);
    s.flags = static_cast<std::uint16_t>(s.flags | (o.flags & (kAssumed | kInside)));
    s.highest = o.seq32();
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
    if (s.highest >= seq::kExhaustionWarning) warn_exhaustion(row, o.time);
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
