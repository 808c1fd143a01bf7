// One run of the generator as the command line asks for it, checked and in integers.
#pragma once

#include "pcapgen/frames/frame_kind.hpp"
#include "pcapgen/frames/wrap.hpp"
#include "pcapgen/sender/impairments.hpp"

#include <string>
#include <vector>

namespace lacuna::pcapgen {

/// More would let 32-bit counters of one SA run over.
inline constexpr std::uint64_t kMostPackets = 4'000'000'000;
inline constexpr std::uint64_t kMostFlows = std::uint64_t{1} << 28;

/// Frame sizes in octets without FCS.
struct Sizes {
    bool imix = false; ///< 64, 594 and 1514 as 7 : 4 : 1
    Range range{64, 1500};
    bool fixed() const { return !imix && range.min == range.max; }
    std::uint32_t largest() const { return imix ? 1514 : range.max; }
};

struct FamilyShare {
    const Family* family;
    Chance upto; ///< cumulative share of the frames; the last is kAlways
    std::uint32_t flows;
};

struct Traffic {
    std::uint64_t packets = 0;
    std::uint64_t seed = 1;
    std::vector<FamilyShare> shares;
    Sizes sizes;
    PlanRules rules;
    Impairments impairments;
    std::uint64_t pps = 1'000'000;
    std::uint64_t first_seq = 1;
    bool skewed = false;           ///< few SAs send most of the frames
    Chance flood = 0;              ///< share of frames that are one-packet SPIs
    std::uint32_t rekey_every = 0; ///< packets of a channel under one AN; 0: never
    Range rekey_stragglers{0, 4};
    std::vector<WrapperChain> inside; ///< around the frames of SAs, one of them each; empty: bare
};

} // namespace lacuna::pcapgen
