// MACsec key rotation: which AN of a secure channel sends next.
#pragma once

#include "pcapgen/sender/sa_sender.hpp"

#include <vector>

namespace lacuna::pcapgen {

inline constexpr std::uint32_t kAns = 4;

/// Each channel sends a number of packets under one AN and goes on to the next with packet number
/// 1. A few packets of the old AN arrive between the first of the new one. Not thread-safe.
class Channels {
public:
    /// `first`: index of the first channel's SA for AN 0; `every`: packets under one AN, at least
    /// 128; `stragglers`: how many come late, at most 16.
    Channels(std::uint32_t first, std::uint32_t count, std::uint32_t every, Range stragglers,
             std::uint64_t seed, Events& events);

    /// What channel `channel` sends next: sets `sa` to the index of its SA and returns the number.
    /// `draw` is 32 random bits.
    std::uint64_t next(SaSender& sender, std::span<SaState> sas, std::uint32_t channel,
                       std::uint32_t draw, std::uint32_t& sa);

    /// AN a channel starts with.
    static std::uint32_t first_an(std::uint32_t channel) { return channel % kAns; }
    /// Index of the SA of `channel` under `an`.
    std::uint32_t sa(std::uint32_t channel, std::uint32_t an) const {
        return first_ + channel * kAns + an;
    }
    std::uint32_t rekeys(std::uint32_t channel) const { return list_[channel].rekeys; }
    std::uint32_t count() const { return static_cast<std::uint32_t>(list_.size()); }

private:
    struct Channel {
        std::uint32_t left;   ///< packets until the next rekey
        std::uint32_t rekeys; ///< so far
        std::uint8_t an;
        std::uint8_t old_an;
        std::uint8_t stragglers; ///< of the old AN, still to come
        bool old_next;           ///< the old AN's turn
        std::size_t event;       ///< of the latest rekey, in Events::list()
    };

    std::uint32_t first_;
    std::uint32_t every_;
    Range stragglers_;
    Prng rng_;
    Events& events_;
    std::vector<Channel> list_;
};

} // namespace lacuna::pcapgen
