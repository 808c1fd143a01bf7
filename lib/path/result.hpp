// What a comparison of taps says; doc/semantics.md has the meaning of each number.
#pragma once

#include "path/compare/delay.hpp"
#include "path/taps/tap.hpp"

#include <array>

namespace lacuna::path {

/// Which way the packets of an SA go: `forward` is in the order of the taps.
enum class Direction : std::uint8_t { unknown, forward, reverse };

/// "unknown", "forward" or "reverse".
const char* direction_name(Direction d);

/// From one tap to the next that saw the SA, the way its packets go.
struct Segment {
    std::uint8_t from = 0; ///< taps, by their place in the order they were named
    std::uint8_t to = 0;
    std::uint64_t lost = 0;
    std::uint64_t gaps = 0;       ///< maximal runs of numbers lost here
    std::uint64_t passed = 0;     ///< numbers that both taps saw
    std::uint64_t duplicated = 0; ///< copies that arose here
    std::uint64_t reordered = 0;  ///< numbers that were in order at `from` and late at `to`
    Delays delay;

    /// Lost, of those that were lost or passed; 0 to 1.
    double loss() const {
        const std::uint64_t all = lost + passed;
        return all == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(all);
    }
    /// Another one between the same taps.
    void add(const Segment& more) {
        lost += more.lost;
        gaps += more.gaps;
        passed += more.passed;
        duplicated += more.duplicated;
        reordered += more.reordered;
        delay.add(more.delay);
    }
};

/// One SA that two taps or more saw.
struct FlowResult {
    /// What a tap calls it that does not call it `id`: somebody on the way translates.
    struct Name {
        std::uint8_t tap;
        wire::SaIdentity id;
    };

    wire::SaIdentity id{}; ///< as the first tap named that saw it calls it
    std::vector<Name> renamed;
    Direction direction = Direction::unknown;
    std::vector<std::uint8_t> taps; ///< that saw it, the way its packets go
    Seq64 first = 0;                ///< of the numbers compared; meaningless if there are none
    Seq64 highest = 0;
    std::uint64_t compared = 0;    ///< numbers
    std::uint64_t lost_before = 0; ///< no tap saw them
    std::uint64_t unknown = 0;     ///< lost perhaps, but a tap was blind, or nobody knows where
    std::array<std::uint64_t, kMostTaps> unseen{}; ///< by tap: it missed what a later one saw
    std::vector<Segment> segments;                 ///< none where the direction is unknown

    std::uint64_t lost() const {
        std::uint64_t sum = 0;
        for (const Segment& s : segments)
            sum += s.lost;
        return sum;
    }
};

struct TapResult {
    std::string name;
    std::string source;
    std::uint64_t flows = 0;        ///< SAs it saw
    std::uint64_t alone = 0;        ///< of them those that no other tap saw
    std::uint64_t macsec_alone = 0; ///< of those the MACsec ones
    std::uint64_t unseen = 0;       ///< numbers it missed, and a later tap saw
    TimeNs earliest = 0;
    TimeNs latest = 0;
};

struct PathResult {
    std::vector<TapResult> taps;
    std::uint64_t flows = 0; ///< SAs with numbers to compare
    std::uint64_t compared = 0;
    std::uint64_t lost_before = 0;
    std::uint64_t unknown = 0;
    std::vector<Segment> segments; ///< sums, forward ones first
    std::vector<FlowResult> sas;   ///< the worst first
    std::vector<std::string> remarks;
};

} // namespace lacuna::path
