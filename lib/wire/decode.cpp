#include "wire/decode.hpp"

#include "wire/decoder.hpp"

#include <algorithm>

namespace lacuna::wire {

namespace {

template <bool Sharded>
std::size_t decode_all(const Frame* frames, std::size_t n, Observation* out,
                       const DecodeInto& into) {
    Decoder<Sharded> decoder(into, out);
    for (const Frame* frame = frames; frame != frames + n; ++frame)
        decoder.take(*frame);
    return decoder.finish(n);
}

/// Without the short cut, which looks at no frame's end.
[[gnu::noinline]] std::size_t decode_whole(const Frame* frames, std::size_t n, Observation* out,
                                           const DecodeInto& into) {
    Observation* to = out;
    for (const Frame* frame = frames; frame != frames + n; ++frame)
        to += keep_own(to, decode_frame(*frame, *into.key, to, *into.counts, into.how), into.shard);
    return static_cast<std::size_t>(to - out);
}

} // namespace

std::size_t keep_own(Observation* obs, std::size_t n, Shard shard) {
    return static_cast<std::size_t>(
        std::remove_if(obs, obs + n, [&](const Observation& o) { return !shard.owns(o.hash); })
        - obs);
}

std::size_t decode_burst(const Frame* frames, std::size_t n, Observation* out,
                         const DecodeInto& into) {
    if (into.whole_frames()) [[unlikely]]
        return decode_whole(frames, n, out, into);
    return into.shard.count == 1 ? decode_all<false>(frames, n, out, into)
                                 : decode_all<true>(frames, n, out, into);
}

std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts, Decoding how, Shard shard) {
    return decode_burst(frames, n, out, {&key, &counts, how, shard});
}

} // namespace lacuna::wire
