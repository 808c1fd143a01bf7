// The fast path of a burst: all that nearly every packet needs.
#include "flow/period.hpp"
#include "flow/tracker/tracker_impl.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

/// Whether `o`, if it is a packet of `s`, can take the fast path: the next number of an SA that has
/// nothing else to look after.
inline bool is_next(const SaState& s, const wire::Observation& o, const Usual& usual) {
    const Seq64 next = s.highest + 1;
    if (static_cast<std::uint32_t>(next) != o.seq32()) [[unlikely]]
        return false;
    if (static_cast<std::uint16_t>(next) == s.wake) [[unlikely]]
        return false;
    if (s.flags != o.flags) [[unlikely]]
        return false;
    return s.last_time >= usual.period_start;
}

/// wire::same_sender() of a row and an observation: both begin with the key, and go on behind it,
/// so that their first 32 octets can be compared at once.
inline bool same_sender(const SaState& s, const wire::Observation& o) {
#if defined(__AVX2__)
    const __m256i differ =
        _mm256_xor_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(&s)),
                         _mm256_load_si256(reinterpret_cast<const __m256i*>(&o)));
    const __m256i key = _mm256_set_epi64x(0, -1, -1, static_cast<long long>(wire::kNoTag));
    return _mm256_testz_si256(differ, key) != 0;
#else
    return wire::same_sender(s.key, o.id.key);
#endif
}
static_assert(offsetof(SaState, key) == 0 && offsetof(wire::Observation, id) == 0);

/// The fast path. One cache line. False: nothing was done.
inline bool track_fast(SaState& s, const wire::Observation& o, const Usual& usual) {
    if (!same_sender(s, o)) [[unlikely]]
        return false;
    if (!is_next(s, o, usual)) [[unlikely]]
        return false;
    if (s.key.tag != SaTable::mark_of(o)) [[unlikely]]
        return false;
    const TimeNs time = o.time;
    const auto interarrival = static_cast<std::uint64_t>(time - s.last_time);
    if (interarrival >= usual.long_interarrival) [[unlikely]]
        return false;
    const std::uint32_t received = s.received + 1;
    if (received == 0) [[unlikely]]
        return false;
    ++s.highest;
    s.received = received;
    s.bytes += o.bytes;
    s.last_time = time;
    s.min_interarrival_ns =
        std::min(s.min_interarrival_ns, static_cast<std::uint32_t>(interarrival));
    s.max_interarrival_ns =
        std::max(s.max_interarrival_ns, static_cast<std::uint32_t>(interarrival));
    return true;
}

} // namespace

/// Where one packet of a burst needs more than the line of its row, others do too, above all where
/// a period begins: fetches, for those from `i` to `n` that will not take the fast path, the rest
/// of the row, and then what a step reads of its record, all at once.
[[gnu::noinline]] void Tracker::Impl::fetch_slow(const wire::Observation* obs,
                                                 SaState* const* states, std::size_t i,
                                                 std::size_t n, const Usual& usual) {
    std::size_t odd[wire::kBurst];
    std::size_t count = 0;
    for (; i < n; ++i) {
        if (states[i] == nullptr || is_next(*states[i], obs[i], usual)) continue;
        table.prefetch_rest(table.row_of(states[i]));
        odd[count++] = i;
    }
    for (std::size_t k = 0; k < count; ++k) {
        const seq::Block record = table.rest(table.row_of(states[odd[k]])).record;
        if (record != seq::kNoBlock) seq::prefetch_record(pool, record, obs[odd[k]].seq32());
    }
    // To gcc a function that only fetches has no effect, and need not be called.
    __asm__ volatile("");
}

void Tracker::Impl::track_burst(const wire::Observation* obs, std::size_t n) {
    const SaTable::Lookup lookup = table.lookup();
    SaState* states[wire::kBurst];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < n; ++i)
        lookup.prefetch(obs[i]);
    const Usual usual{long_interarrival, period_start(latest)};
#pragma GCC unroll 2
    for (std::size_t i = 0; i < n; ++i)
        states[i] = lookup.candidate(obs[i]);
    std::size_t fetch_to = n;
    for (std::size_t i = 0; i < n; ++i) {
        if (states[i] != nullptr && track_fast(*states[i], obs[i], usual)) [[likely]]
            continue;
        // What is new has nothing to fetch, and comes with others that are.
        if (states[i] != nullptr) {
            fetch_slow(obs, states, i, fetch_to, usual);
            fetch_to = 0;
        }
        track_slow(obs[i], states[i]);
    }
    if (config.idle_timeout != 0) sweep();
}

/// Before a burst is tracked. Where the clock was set back, what had been idle for long by then
/// goes, as it would have in time: so it does not depend on how far the sweep had come.
void Tracker::Impl::advance(TimeNs now) {
    if (now >= latest) [[likely]] {
        latest = now;
        return;
    }
    const auto tolerance = static_cast<std::uint64_t>(config.clock_tolerance);
    if (tolerance == 0 || elapsed(now, latest) <= tolerance) return;
    if (config.idle_timeout != 0) sweep_all();
    latest = now;
}

/// A burst in which 5-tuples may lie between the associations.
void Tracker::Impl::track_mixed(const wire::Observation* obs, std::size_t n) {
    wire::Observation secured[wire::kBurst];
    wire::Observation others[wire::kBurst];
    std::size_t a = 0;
    std::size_t b = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (wire::is_numbered(obs[i].id.key.protocol))
            secured[a++] = obs[i];
        else
            others[b++] = obs[i];
    }
    track_burst(secured, a);
    transport.track(others, b);
}

void Tracker::track(const wire::Observation* obs, std::size_t n) {
    TimeNs now = impl_->latest;
    for (std::size_t i = 0; i < n; ++i)
        now = std::max(now, obs[i].time);
    track(obs, n, now);
}

void Tracker::track(const wire::Observation* obs, std::size_t n, TimeNs now) {
    impl_->advance(now);
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
