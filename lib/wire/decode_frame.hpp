// The general way through one frame; internal to lib/wire and its tests.
#pragma once

#include "wire/frame.hpp"
#include "wire/frame_counts.hpp"
#include "wire/identity_hash.hpp"

namespace lacuna::wire {

/// Decodes any frame layer by layer: what decode_burst() does, without its short cuts. Writes up to
/// kMaxSasPerFrame observations to `out` and returns how many; counts the frame in `counts`.
std::size_t decode_frame(const Frame& frame, const HashKey& key, Observation* out,
                         FrameCounts& counts);

} // namespace lacuna::wire
