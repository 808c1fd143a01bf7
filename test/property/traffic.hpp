// Random traffic on links as they are, out of any bytes: senders that share an identity, peers that
// move, number spaces, stations behind switches, restarts, rekeys, stragglers, forged and replayed
// numbers, sampling, duplicates, wraps, odd clocks, drops of the probe.
#pragma once

#include "model/link.hpp"

#include <span>

namespace traffic {

/// What a case may contain; the tests of parts ask for less.
struct Kinds {
    bool macsec = true;  ///< channels with four ANs
    bool esp = true;     ///< SPIs with one destination or, where peers move, several
    bool shared = true;  ///< SecTAGs without SCI
    bool senders = true; ///< several sources under one identity
    bool moves = true;   ///< a source that changes
    bool drops = true;   ///< of the probe
    bool odd_clocks = true;
    bool forged = true;
    bool restarts = true;
    /// Breaks of all kinds, also before the one before is decided. Else only what healthy links
    /// show, restarts and rekeys, with ordinary packets between.
    bool crowded = true;
};

struct Case {
    std::uint32_t window; ///< of the tracker; 0: the memory grows
    std::vector<model::Step> steps;

    model::Memory memory() const {
        if (window == 0) return {};
        return {static_cast<std::int64_t>(window), static_cast<std::int64_t>(window)};
    }
};

Case make_case(std::span<const std::uint8_t> bytes, const Kinds& kinds = {});

/// One step as a line for a person.
std::string text(const model::Step& step);

} // namespace traffic
