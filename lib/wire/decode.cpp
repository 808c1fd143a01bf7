#include "wire/decode.hpp"

#include "wire/decode_frame.hpp"
#include "wire/fast_frame.hpp"

namespace lacuna::wire {

std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts, Transport transport) {
    Observation* to = out;
    std::uint64_t esp = 0, slow = 0, bytes = 0;
    for (const Frame* frame = frames; frame != frames + n; ++frame) {
        Protocol protocol{};
        const std::uint32_t wirelen = frame->wirelen;
        if (fast_frame(*frame, key, *to, protocol)) [[likely]] {
            ++to;
            esp += protocol == Protocol::esp;
            bytes += wirelen;
        } else {
            to += decode_frame(*frame, key, to, counts, transport);
            ++slow;
        }
    }
    counts.offered += n - slow;
    counts.bytes += bytes;
    counts.cls[static_cast<std::size_t>(FrameClass::esp)] += esp;
    counts.cls[static_cast<std::size_t>(FrameClass::macsec)] += n - slow - esp;
    return static_cast<std::size_t>(to - out);
}

} // namespace lacuna::wire
