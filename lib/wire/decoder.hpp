// Decoding frame by frame; what decode_burst() is made of, and readers that make each frame in
// registers.
#pragma once

#include "wire/decode.hpp"
#include "wire/decode_frame.hpp"
#include "wire/fast_frame.hpp"

#include <algorithm>

namespace lacuna::wire {

/// One run of frames on its way into one array of observations. A local of the loop that uses it,
/// so that its members are registers: nothing here hands out its address. `Sharded`: observations
/// of other shards are not kept.
template <bool Sharded>
class Decoder {
public:
    /// `into` outlives the decoder; `out` has room as for decode_burst().
    Decoder(const DecodeInto& into, Observation* out)
        : into_(into), key_(*into.key), to_(out), begin_(out) {}

    void take(const Frame& frame) {
        Protocol protocol{};
        if (fast_frame(frame, key_, *to_, protocol)) [[likely]] {
            // One that is not kept is written over by the next, which is cheaper than a branch
            // nobody can foretell.
            to_ += !Sharded || into_.shard.owns(to_->hash) ? 1 : 0;
            esp_ += protocol == Protocol::esp;
            bytes_ += frame.wirelen;
        } else {
            const Frame whole = frame; // whose address may be taken
            const std::size_t made = decode_frame(whole, *into_.key, to_, *into_.counts, into_.how);
            to_ += Sharded ? keep_own(to_, made, into_.shard) : made;
            ++slow_;
        }
    }

    /// After `n` frames: counts them, and returns how many observations were written.
    std::size_t finish(std::size_t n) const {
        FrameCounts& counts = *into_.counts;
        counts.offered += n - slow_;
        counts.bytes += bytes_;
        counts.cls[static_cast<std::size_t>(FrameClass::esp)] += esp_;
        counts.cls[static_cast<std::size_t>(FrameClass::macsec)] += n - slow_ - esp_;
        return static_cast<std::size_t>(to_ - begin_);
    }

private:
    const DecodeInto& into_;
    const HashKey key_;
    Observation* to_;
    Observation* const begin_;
    std::uint64_t esp_ = 0;
    std::uint64_t slow_ = 0;
    std::uint64_t bytes_ = 0;
};

} // namespace lacuna::wire
