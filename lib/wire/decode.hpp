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
/// And a burst of a port.
inline constexpr std::size_t kMaxRxObservations = kRxBurst * kMaxSasPerFrame;

/// How frames are decoded, and where they are counted. What it points to outlives it.
struct DecodeInto {
    const HashKey* key;
    FrameCounts* counts;
    Decoding how = {};
    Shard shard = {};

    /// Whether more has to be looked at than the short cut for plain frames does.
    bool whole_frames() const { return (how.counters & kOfWholeFrames) != 0; }
};

/// Keeps those of `n` observations that `shard` owns, in order. Returns how many.
std::size_t keep_own(Observation* obs, std::size_t n, Shard shard);

/// Decodes `n` (<= kBurst) frames in order and appends an Observation for each secure association
/// they carry, outermost first, to `out` (room for n * kMaxSasPerFrame). Each frame is counted
/// once. Never reads outside [data, data + caplen), whatever the bytes are; the work is bounded by
/// the length of the frame. Returns the number of observations written. Whoever brings the frames
/// has fetched their first octets into the cache: nothing is waited for here.
///
/// Pure: no state besides its arguments; any number of threads may call it with their own.
std::size_t decode_burst(const Frame* frames, std::size_t n, Observation* out,
                         const DecodeInto& into);
std::size_t decode_burst(const Frame* frames, std::size_t n, const HashKey& key, Observation* out,
                         FrameCounts& counts, Decoding how = {}, Shard shard = {});

} // namespace lacuna::wire
