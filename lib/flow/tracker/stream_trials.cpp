#include "flow/tracker/stream_trials.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::flow {
namespace {

/// How far `to` is above `from`, modulo the width of the numbers of `p`.
std::int64_t steps_up(Protocol p, std::uint32_t from, std::uint32_t to) {
    const unsigned bits = std::min<unsigned>(wire::row_of(p).bits, 32);
    const std::int64_t round = std::int64_t{1} << bits;
    const std::int64_t up = (std::int64_t{to} - std::int64_t{from}) & (round - 1);
    return up >= round / 2 ? up - round : up;
}

/// Stamps may be anything.
bool far_apart(TimeNs a, TimeNs b) {
    constexpr auto kPause = static_cast<std::uint64_t>(kBeliefPause);
    return static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a) + kPause > 2 * kPause;
}

} // namespace

bool StreamTrials::reserve() {
    memory_ = Reserved(sizeof(Set) * kSets);
    sets_ = static_cast<Set*>(memory_.get());
    return sets_ != nullptr;
}

void StreamTrials::begin(Stream& stream, const wire::Observation& o) {
    stream.count = stream.steps = stream.in_a_row = 1;
    stream.highest = o.seq32();
    stream.kept[0] = o;
}

std::span<const wire::Observation> StreamTrials::take(const wire::Observation& o) {
    Set& set = sets_[o.hash % kSets];
    Stream* stream = nullptr;
    for (Stream& s : set) {
        if (s.count != 0 && s.kept[0].hash == o.hash
            && wire::same_sender(s.kept[0].id.key, o.id.key)
            && std::memcmp(s.kept[0].id.src, o.id.src, sizeof o.id.src) == 0) {
            stream = &s;
            break;
        }
    }
    if (stream == nullptr) {
        // The least proved goes, of those the one that waits longest.
        stream = &*std::min_element(set.begin(), set.end(), [](const Stream& a, const Stream& b) {
            if (a.steps != b.steps || a.count == 0) return a.steps < b.steps;
            return a.kept[a.count - 1].time < b.kept[b.count - 1].time;
        });
        begin(*stream, o);
        return {};
    }
    Stream& s = *stream;
    const std::int64_t up = steps_up(o.id.key.protocol, s.highest, o.seq32());
    if (up > kBeliefStep || up < -kBeliefStep || s.count == kKept
        || far_apart(s.kept[s.count - 1].time, o.time)) {
        begin(s, o);
        return {};
    }
    s.kept[s.count++] = o;
    s.in_a_row = up == 1 ? s.in_a_row + 1 : 1;
    if (up <= 0) return {};
    s.highest = o.seq32();
    const bool rtp = o.id.key.protocol == Protocol::rtp && s.in_a_row >= kBeliefInARow;
    if (++s.steps < kBeliefPackets && !rtp) return {};
    const std::size_t n = s.count;
    s.count = s.steps = 0;
    return {s.kept.data(), n};
}

} // namespace lacuna::flow
