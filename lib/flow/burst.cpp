// The short way of a burst: all that nearly every packet needs.
#include "flow/period.hpp"
#include "flow/tracker_impl.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

/// What makes a packet of a burst one for the short way.
struct Usual {
    std::uint64_t odd_gap; ///< as in Tracker::Impl
    /// When the period began that the latest packet of the burst lies in. All others lie before its
    /// end, so that an SA whose last packet came since then begins no period.
    TimeNs period_start;
};

/// Whether nothing but the number of a packet with `flags` can make it one for the long way.
inline bool is_usual(const SaState& s, std::uint16_t flags, const Usual& usual) {
    if (s.flags != flags) return false;
    return s.last_time >= usual.period_start;
}

/// The short way: a packet in order of an SA that has nothing else to look after. One cache line.
/// False: nothing was done.
inline bool track_next(SaState& s, const wire::Observation& o, const Usual& usual) {
    if (!wire::same_key(s.key, o.id.key)) [[unlikely]]
        return false;
    const Seq64 next = s.highest + 1;
    if (static_cast<std::uint32_t>(next) != o.seq) [[unlikely]]
        return false;
    if (static_cast<std::uint16_t>(next) == s.wake) [[unlikely]]
        return false;
    if (!is_usual(s, o.flags, usual)) [[unlikely]]
        return false;
    const TimeNs time = o.time;
    const auto gap = static_cast<std::uint64_t>(time - s.last_time);
    if (gap >= usual.odd_gap) [[unlikely]]
        return false;
    const std::uint32_t received = s.received + 1;
    if (received == 0) [[unlikely]]
        return false;
    s.highest = next;
    s.received = received;
    s.bytes += o.bytes;
    s.last_time = time;
    s.min_gap_ns = std::min(s.min_gap_ns, static_cast<std::uint32_t>(gap));
    s.max_gap_ns = std::max(s.max_gap_ns, static_cast<std::uint32_t>(gap));
    return true;
}

/// Where one packet of a burst needs more than the line of its row, others do too, above all where
/// a period begins: fetches the rest of those from `i` to `n` that are not usual.
[[gnu::noinline]] void fetch_rest(const SaTable& table, const wire::Observation* obs,
                                  SaState* const* states, std::size_t i, std::size_t n,
                                  const Usual& usual) {
    for (; i < n; ++i)
        if (states[i] != nullptr && !is_usual(*states[i], obs[i].flags, usual))
            table.prefetch_rest(table.row_of(states[i]));
    // To gcc a function that only fetches has no effect, and need not be called.
    __asm__ volatile("");
}

} // namespace

void Tracker::Impl::track_burst(const wire::Observation* obs, std::size_t n) {
    const SaTable::Lookup lookup = table.lookup();
    SaState* states[wire::kBurst];
    TimeNs to = std::numeric_limits<TimeNs>::min();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < n; ++i) {
        lookup.prefetch(obs[i]);
        to = std::max(to, obs[i].time);
    }
    latest = std::max(latest, to);
    const Usual usual{odd_gap, period_start(to)};
#pragma GCC unroll 2
    for (std::size_t i = 0; i < n; ++i)
        states[i] = lookup.candidate(obs[i]);
    std::size_t fetch_to = n;
    for (std::size_t i = 0; i < n; ++i) {
        if (states[i] != nullptr && track_next(*states[i], obs[i], usual)) [[likely]]
            continue;
        fetch_rest(table, obs, states, i, fetch_to, usual);
        fetch_to = 0;
        track_odd(obs[i], states[i]);
    }
    if (config.idle_timeout != 0) sweep();
}

/// A burst in which 5-tuples may lie between the associations.
void Tracker::Impl::track_mixed(const wire::Observation* obs, std::size_t n) {
    wire::Observation secured[wire::kBurst];
    wire::Observation others[wire::kBurst];
    std::size_t a = 0;
    std::size_t b = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (is_secured(obs[i].id.key.protocol))
            secured[a++] = obs[i];
        else
            others[b++] = obs[i];
    }
    track_burst(secured, a);
    transport.track(others, b);
}

void Tracker::track(const wire::Observation* obs, std::size_t n) {
    const bool mixed = impl_->config.max_transport_flows != 0;
    for (std::size_t done = 0; done < n; done += wire::kBurst) {
        const std::size_t size = std::min(wire::kBurst, n - done);
        if (mixed)
            impl_->track_mixed(obs + done, size);
        else
            impl_->track_burst(obs + done, size);
    }
}

} // namespace lacuna::flow
