// Taps in, the fate of every number out.
#pragma once

#include "base/result.hpp"
#include "flow/select/filter.hpp"
#include "path/compare/match.hpp"
#include "path/compare/sightings.hpp"
#include "path/result.hpp"

namespace lacuna::path {

/// An SA that several taps saw, as its packets are to be timed.
struct Journey {
    FlowResult flow;           ///< with the fates told, without delays
    std::vector<Group> groups; ///< their sides in the order of the taps
};

/// Directions that are given, not found. An SA that both select is forward.
struct GivenDirections {
    flow::Filter forward;
    flow::Filter reverse;

    /// Of an SA as a tap saw it; unknown: neither filter selects it.
    Direction of(const wire::SaIdentity& id, const wire::SaIdentity& source) const;
};

/// What several taps saw of the same SAs. Refers to the tracks of the taps, which must outlive it
/// unchanged.
class Comparison {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    /// Tells the fates. Errors (exit 2): no SA, or no number, is common to two taps.
    static Result<Comparison> make(std::span<const Tap> taps, const GivenDirections& given);

    std::vector<Journey>& journeys() { return journeys_; }
    /// The journey of an SA of a tap, or kNone: no other tap saw it.
    std::uint32_t journey_of(std::size_t tap, std::uint32_t sa) const { return index_[tap][sa]; }
    /// By how much the clock of each tap seems to be ahead of the first one's, delay included: to
    /// read the taps side by side.
    const std::vector<TimeNs>& clocks() const { return clocks_; }

    /// Sums all up, once delays are measured. The comparison is used up.
    PathResult release(std::span<const Tap> taps);

private:
    void compare_clocks(std::span<const Tap> taps, const std::vector<Sightings>& common);
    void add_journey(std::span<const Tap> taps, const Sightings& sightings,
                     const GivenDirections& given);

    std::vector<Journey> journeys_;
    std::vector<std::vector<std::uint32_t>> index_;
    std::vector<TimeNs> clocks_;
    std::vector<std::vector<std::uint32_t>> alone_; ///< by tap: SAs nobody else saw
};

} // namespace lacuna::path
