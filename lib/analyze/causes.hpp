// Whether packets that came late have something in common: their priority, or their size.
#pragma once

#include "analyze/second_look.hpp"
#include "flow/event.hpp"

#include <map>
#include <unordered_set>
#include <vector>

namespace lacuna::analyze {

/// Packets of one class.
struct CauseClass {
    std::uint32_t from = 0; ///< DSCP, PCP, or the least octets of a frame
    std::uint32_t to = 0;   ///< the same, or the most octets; UINT32_MAX: no bound
    std::uint64_t received = 0;
    std::uint64_t late = 0; ///< of them
};

/// A packet stands once in each list where it has what the list goes by.
struct Causes {
    std::vector<CauseClass> dscp;
    std::vector<CauseClass> pcp;
    std::vector<CauseClass> size; ///< of the frame on the wire, without FCS
    std::uint64_t unmarked = 0;   ///< packets with neither priority
    bool cut = false;             ///< there were more late ones than were kept
};

/// Sorts packets into classes. Shown the frames one by one (second_look.hpp). One owner.
class CauseCounter {
public:
    /// `late`: those that count (EventKind::late with verdict late). `only`: of these SAs; empty:
    /// of all.
    CauseCounter(const std::vector<flow::Event>& late, const std::vector<wire::SaIdentity>& only);

    void look(const wire::Frame& frame, std::span<const wire::Observation> tracked);
    /// After the last frame.
    Causes causes() const;

private:
    struct Counts {
        std::uint64_t received = 0;
        std::uint64_t late = 0;
    };
    std::unordered_set<std::string> late_; ///< identity, number and time, as octets
    std::unordered_set<std::string> only_;
    std::map<std::uint8_t, Counts> dscp_;
    std::map<std::uint8_t, Counts> pcp_;
    std::vector<Counts> size_;
    std::uint64_t unmarked_ = 0;
};

} // namespace lacuna::analyze
