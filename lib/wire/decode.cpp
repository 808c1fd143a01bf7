#include "wire/decode.hpp"

#include "wire/decode_frame.hpp"
#include "wire/fast_frame.hpp"

namespace lacuna::wire {

namespace {

/// Frames fetched ahead of the one at hand: far enough for a line from the last-level cache.
constexpr std::size_t kAhead = 8;

void prefetch(const Frame& frame) {
    __builtin_prefetch(frame.data);
}

} // namespace

std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts, Transport transport) {
    for (std::size_t i = 0; i < n && i < kAhead; ++i)
        prefetch(frames[i]);

    Observation* to = out;
    std::uint64_t fast = 0, fast_esp = 0, fast_bytes = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (i + kAhead < n) prefetch(frames[i + kAhead]);
        Protocol protocol{};
        if (fast_frame(frames[i], key, *to, protocol)) [[likely]] {
            ++to;
            ++fast;
            fast_esp += protocol == Protocol::esp;
            fast_bytes += frames[i].wirelen;
        } else {
            to += decode_frame(frames[i], key, to, counts, transport);
        }
    }
    counts.offered += fast;
    counts.bytes += fast_bytes;
    counts.cls[static_cast<std::size_t>(FrameClass::esp)] += fast_esp;
    counts.cls[static_cast<std::size_t>(FrameClass::macsec)] += fast - fast_esp;
    return static_cast<std::size_t>(to - out);
}

} // namespace lacuna::wire
