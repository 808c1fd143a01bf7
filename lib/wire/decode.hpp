// Frames in, observations out: the one door of lib/wire.
#pragma once

#include "wire/decoding.hpp"
#include "wire/frame.hpp"
#include "wire/frame_counts.hpp"
#include "wire/identity_hash.hpp"
#include "wire/shard.hpp"

namespace lacuna::wire {

/// Observations one burst can yield at most; the size of the array decode_burst() writes to.
inline constexpr std::size_t kMaxObservations = kBurst * kMaxSasPerFrame;

/// Decodes `n` (<= kBurst) frames in order and appends an Observation for each secure association
/// they carry, outermost first, to `out` (room for n * kMaxSasPerFrame). Each frame is counted once
/// in `counts`. Never reads outside [data, data + caplen), whatever the bytes are; the work is
/// bounded by the length of the frame. Returns the number of observations written. Whoever brings
/// the frames has fetched their first octets into the cache: nothing is waited for here.
///
/// Pure: no state besides its arguments; any number of threads may call it with their own.
std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts, Decoding how = {}, Shard shard = {});

} // namespace lacuna::wire
