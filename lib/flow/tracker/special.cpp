// Observations that are more than one packet with one number.
#include "flow/tracker/tracker_impl.hpp"

namespace lacuna::flow {

/// A packet on trial that belongs to a stream there is, or is believed now.
void Tracker::Impl::believe(const wire::Observation& o) {
    wire::Observation plain = o;
    plain.flags = o.flags & ~wire::kMoreThanOne & 0xFF;
    plain.seq &= ~wire::kCountedAsOther;
    if ((o.seq & wire::kCountedAsOther) != 0)
        ++counters.believed[static_cast<std::size_t>(o.id.key.protocol)]
                           [o.id.key.family == wire::Family::ipv6 ? 1 : 0];
    track_slow(plain, nullptr);
}

/// A packet that covers so many numbers from that of `o` on.
void Tracker::Impl::track_run(const wire::Observation& o, std::uint32_t numbers) {
    wire::Observation one = o;
    one.flags = o.flags & ~wire::kMoreThanOne & 0xFF;
    for (std::uint32_t i = 0; i < numbers; ++i) {
        one.seq = (o.seq & ~wire::kSeqMask) | static_cast<std::uint32_t>(o.seq32() + i);
        track_slow(one, nullptr);
        one.bytes = 0; // those of the frame count once
    }
}

void Tracker::Impl::track_special(const wire::Observation& o) {
    if (o.id.key.protocol == Protocol::ipfix) {
        for (const RecordStreams::Counted& message : record_streams.take(o))
            track_run(message.first, message.records);
        return;
    }
    if ((o.flags & wire::kRun) != 0)
        return track_run(o, static_cast<std::uint32_t>((o.seq & wire::kSeqMask) >> 32));
    const Row row = table.find(o);
    if (row != kNoRow && (config.idle_timeout == 0 || !idle(row, o.time))) return believe(o);
    for (const wire::Observation& kept : stream_trials.take(o))
        believe(kept);
}

} // namespace lacuna::flow
