// The general way through one frame; internal to lib/wire and its tests.
#pragma once

#include "wire/decode.hpp"

namespace lacuna::wire {

/// Decodes any frame layer by layer: what decode_burst() does, without its short cuts. Writes up to
/// kMaxSasPerFrame observations to `out` and returns how many; counts the frame in `counts`.
std::size_t decode_frame(const Frame& frame, const HashKey& key, Observation* out,
                         FrameCounts& counts, Decoding how = {});

} // namespace lacuna::wire
