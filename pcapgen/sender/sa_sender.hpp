// Decides which number an SA sends next and counts, at that moment, what a listener will find.
#pragma once

#include "pcapgen/sender/budget.hpp"
#include "pcapgen/sender/events.hpp"
#include "pcapgen/sender/sa.hpp"

#include <span>

namespace lacuna::pcapgen {

/// An SA is either free or in the middle of an episode (a packet held back, a repetition to come)
/// whose frames are owed. Episodes of one SA never overlap, and a gap is followed by a sent number
/// at once: so each impairment counts exactly what its definition says.
/// Not thread-safe. The spans and `budget`, `events` outlive it.
class SaSender {
public:
    /// `rare` and `paths` hold one entry per SA where the impairments need them, else none.
    SaSender(const Impairments& impairments, std::uint64_t seed, Budget& budget, Events& events,
             std::span<RareState> rare, std::span<PathState> paths);

    /// The number of the next frame of SA `index`; `draw` is 32 random bits.
    std::uint64_t next(SaState& sa, std::uint32_t index, std::uint32_t draw) {
        ++sa.received;
        if (special_) [[unlikely]]
            return next_special(sa, index, draw);
        if (sa.owed != 0) [[unlikely]]
            return pay(sa);
        if (draw >= any_) [[likely]]
            return sa.next++;
        return impair(sa, draw);
    }

    /// Frames SA `index` still owes.
    std::uint32_t owed(const SaState& sa, std::uint32_t index) const {
        return sa.owed + (paths_.empty() ? 0 : paths_[index].count);
    }

    /// The next new number of an SA that owes nothing, without any decision.
    std::uint64_t next_plain(SaState& sa) {
        ++sa.received;
        return sa.next++;
    }

    /// An SA comes into use under a fresh key: sends `number` as its first, or restarts with it
    /// where it was used before. It owes nothing, and a listener can tell (a rekey).
    std::uint64_t begin(SaState& sa, std::uint32_t index, std::uint64_t number);

private:
    std::uint64_t pay(SaState& sa);
    std::uint64_t impair(SaState& sa, std::uint32_t draw);
    std::uint64_t skip(SaState& sa, std::uint32_t count);
    std::uint64_t hold_back(SaState& sa);
    std::uint64_t repeat(SaState& sa);

    std::uint64_t next_special(SaState& sa, std::uint32_t index, std::uint32_t draw);
    std::uint64_t choose_special(SaState& sa, std::uint32_t index, std::uint32_t draw);
    std::uint64_t over_paths(SaState& sa, PathState& path);
    std::uint64_t forge(SaState& sa, RareState& rare);
    std::uint64_t replay(SaState& sa, RareState& rare);
    std::uint64_t begin_again(SaState& sa, std::uint32_t index, std::uint64_t number);
    bool start_replay(const SaState& sa, RareState& rare);
    bool can_restart(const SaState& sa, const RareState& rare) const;
    std::uint32_t burst(SaState& sa);

    const Impairments& im_;
    Prng rng_;
    Budget& budget_;
    Events& events_;
    std::span<RareState> rare_;
    std::span<PathState> paths_;
    bool special_;
    Chance upto_gap_, upto_reorder_, any_; ///< cumulative: plain impairments
    Chance upto_outlier_, upto_replay_, upto_restart_;
};

} // namespace lacuna::pcapgen
