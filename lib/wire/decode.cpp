#include "wire/decode.hpp"

#include "wire/decode_frame.hpp"
#include "wire/fast_frame.hpp"

#include <algorithm>

namespace lacuna::wire {

namespace {

/// Keeps those of `n` observations that `shard` owns, in order. Returns how many.
std::size_t keep_own(Observation* obs, std::size_t n, Shard shard) {
    return static_cast<std::size_t>(
        std::remove_if(obs, obs + n, [&](const Observation& o) { return !shard.owns(o.hash); })
        - obs);
}

/// `Sharded`: some observations may not be kept. One that is not is written over by the next, which
/// is cheaper than a branch nobody can foretell.
template <bool Sharded>
std::size_t decode_all(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                       FrameCounts& counts, Decoding how, Shard shard) {
    Observation* to = out;
    std::uint64_t esp = 0, slow = 0, bytes = 0;
    for (const Frame* frame = frames; frame != frames + n; ++frame) {
        Protocol protocol{};
        const std::uint32_t wirelen = frame->wirelen;
        if (fast_frame(*frame, key, *to, protocol)) [[likely]] {
            to += !Sharded || shard.owns(to->hash) ? 1 : 0;
            esp += protocol == Protocol::esp;
            bytes += wirelen;
        } else {
            const std::size_t made = decode_frame(*frame, key, to, counts, how);
            to += Sharded ? keep_own(to, made, shard) : made;
            ++slow;
        }
    }
    counts.offered += n - slow;
    counts.bytes += bytes;
    counts.cls[static_cast<std::size_t>(FrameClass::esp)] += esp;
    counts.cls[static_cast<std::size_t>(FrameClass::macsec)] += n - slow - esp;
    return static_cast<std::size_t>(to - out);
}

/// Without the short cut, which looks at no frame's end.
[[gnu::noinline]] std::size_t decode_whole(const Frame* frames, std::size_t n, const HashKey& key,
                                           Observation* out, FrameCounts& counts, Decoding how,
                                           Shard shard) {
    Observation* to = out;
    for (const Frame* frame = frames; frame != frames + n; ++frame)
        to += keep_own(to, decode_frame(*frame, key, to, counts, how), shard);
    return static_cast<std::size_t>(to - out);
}

} // namespace

std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts, Decoding how, Shard shard) {
    if ((how.counters & kOfWholeFrames) != 0) [[unlikely]]
        return decode_whole(frames, n, key, out, counts, how, shard);
    return shard.count == 1 ? decode_all<false>(frames, n, key, out, counts, how, shard)
                            : decode_all<true>(frames, n, key, out, counts, how, shard);
}

} // namespace lacuna::wire
