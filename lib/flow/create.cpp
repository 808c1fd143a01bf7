// How rows come into the table, and what a MACsec channel makes of a row that turns active.
#include "flow/period.hpp"
#include "flow/tracker_impl.hpp"

#include <algorithm>

namespace lacuna::flow {

void Tracker::Impl::create(const wire::Observation& o) {
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
    earliest = std::min(earliest, o.time);
    SaState& s = table.at(row);
    s.highest = o.seq32();
    s.last_time = o.time;
    s.bytes = 0;
    s.received = 0;
    s.min_interarrival_ns = kLongInterarrival;
    s.max_interarrival_ns = 0;
    s.wake = 0;
    s.flags = static_cast<std::uint16_t>(s.flags | (o.flags & kAssumed));
    SaRest& rest = table.rest(row);
    rest = {};
    rest.first = o.seq32();
    rest.first_time = o.time;
    rest.long_min_ns = std::numeric_limits<std::uint64_t>::max();
    rest.record = seq::kNoRecord;
    rest.channel = kNoRow;
    reset_marks(s, rest, o.time);
    if (o.id.key.protocol == Protocol::macsec) {
        channels.join(table, row, o);
        if ((s.flags & kStandby) != 0) turn_channel(row, o);
    }
    s.received = 1;
    s.bytes = o.bytes;
    if (s.highest >= seq::kExhaustionWarning) warn_exhaustion(row, o.time);
}

Switch Tracker::Impl::turn_channel(Row row, const wire::Observation& o) {
    const Switch sw = channels.turn_to(table, row);
    if (sw.rekey) {
        const Seq64 old = sw.from != kNoRow ? table.at(sw.from).highest : -1;
        note({table.identity(row), table.rest(row).first_time, o.time, old, o.seq32(), 0,
              EventKind::rekey, 0, sw.from_an, 0});
    }
    return sw;
}

} // namespace lacuna::flow
