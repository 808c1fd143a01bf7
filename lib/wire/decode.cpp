#include "wire/decode.hpp"

#include "wire/decode_frame.hpp"

namespace lacuna::wire {

std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts) {
    std::size_t made = 0;
    for (std::size_t i = 0; i < n; ++i)
        made += decode_frame(frames[i], key, out + made, counts);
    return made;
}

} // namespace lacuna::wire
