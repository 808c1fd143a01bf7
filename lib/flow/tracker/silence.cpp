// SAs that fall silent and come back.
#include "flow/silence.hpp"

#include "flow/period.hpp"
#include "flow/tracker/tracker_impl.hpp"

namespace lacuna::flow {

/// The row had sent nothing for long, and `time` is that of its next packet. A live run has told
/// that it was silent; else that shows now, if nothing replaced it, which others know.
[[gnu::noinline]] void Tracker::Impl::comes_back(Row row, TimeNs time) {
    SaState& s = table.at(row);
    const SaRest& rest = table.rest(row);
    Event e{shown_identity(row),
            rest.first_time,
            time,
            0,
            s.last_time,
            rest.record != seq::kNoBlock ? pool.at<seq::Record>(rest.record).restarts : 0,
            EventKind::resumed,
            0,
            0,
            0};
    if ((s.flags & kSilent) != 0) {
        s.flags = static_cast<std::uint16_t>(s.flags & ~kSilent);
        return note(e);
    }
    if (config.live || !wire::is_link(s.key.protocol)) return;
    const std::uint64_t spent = static_cast<std::uint64_t>(s.last_time)
                                - static_cast<std::uint64_t>(rest.first_time) + rest.backwards_ns;
    const std::uint64_t limit = silence_limit(table.received(row), spent, silent_after);
    if (elapsed(s.last_time, time) < limit) return;
    e.a = static_cast<Seq64>(limit);
    if (!pauses.full()) pauses.push(e);
}

/// Whether a row that has sent nothing for a while is silent now; then that is an event.
bool Tracker::Impl::falls_silent(Row row, const Quiet& quiet) {
    SaState& s = table.at(row);
    if (table.received(row) < kSilencePackets || !wire::is_link(s.key.protocol)) return false;
    SaSummary summary;
    summarize(row, summary);
    const std::uint64_t limit =
        silence_limit(summary.received, summary.sum_interarrival_ns, silent_after);
    const TimeNs since = std::max(summary.last_time, quiet.heard_since);
    if (elapsed(since, quiet.now) < limit) return false;
    const std::uint64_t longer =
        mean_times(kGoesOnMeans, summary.received, summary.sum_interarrival_ns);
    if (share.alive() != nullptr
        && share.alive()->replaced(peers_of(summary.source), since, longer))
        return false;
    s.flags = static_cast<std::uint16_t>(s.flags | kSilent);
    note({summary.id, summary.first_time, since + static_cast<TimeNs>(limit), 0, summary.last_time,
          static_cast<std::uint32_t>(summary.restarts), EventKind::silent, 0, 0, 0});
    return true;
}

std::span<const Event> Tracker::pauses() const {
    return impl_->pauses.span();
}

wire::SaIdentity Tracker::source(std::size_t row) const {
    return impl_->named(static_cast<Row>(row));
}

} // namespace lacuna::flow
