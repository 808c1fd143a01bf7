// One counter of an identity: the packets that are its own, and what they make of it.
#pragma once

#include "model/walk.hpp"

#include <utility>

namespace model {

/// How well a packet fits a counter; smaller is better.
struct Fit {
    enum Kind { step, late, jump, misfit } kind;
    std::int64_t far;
    friend auto operator<=>(const Fit&, const Fit&) = default;
};

/// A source that joined a counter by a step: 64 packets, or their absence, show whether it belongs.
struct Trial {
    std::int64_t born;           ///< order of its first packet
    std::int64_t highest, first; ///< the counter's before that
};

/// Value type. A *branch* is a counter that may still turn out to be part of an older one.
struct Counter {
    Counter(int number, Memory m) : id(number), memory(m), begins_with(m), walk(m) {}

    int id;
    Memory memory;
    Memory begins_with;      ///< of the first instance
    std::vector<Packet> log; ///< in order of arrival
    Walk walk;               ///< what the log comes to
    std::map<int, std::int64_t> sources;
    std::map<int, Trial> trials;
    std::int64_t last = 0; ///< order of the last packet that fitted

    int near = 0; ///< id of the counter the branch may be part of; 0: it is no branch
    std::vector<std::pair<int, std::int64_t>> older; ///< counters of its source, and their highest
    std::int64_t born = 0;                           ///< order of its first packet
    bool foreign = false;                            ///< it began with a source new to the identity
    std::int64_t copies = 0;                         ///< packets that repeat the number before
    std::int64_t near_highest = 0, near_first = 0;   ///< when it began

    std::vector<std::vector<Packet>> instances; ///< logs that ended in a restart
    std::vector<Packet> forged;
    std::vector<Packet> before; ///< folded in, and older than the present instance ///< received,
                                ///< and of no other effect: in no log

    Fit fit(std::uint32_t number) const;
    std::int64_t apart(std::uint32_t number) const; ///< distance to the highest, either way
    bool pooled() const { return sources.size() > kRoom; }
    bool knows(int source) const { return sources.count(source) != 0; }

    void take(const Packet& p); ///< a packet that fits
    void note(const Packet& p); ///< one that does not, and is judged here all the same
    void replay();              ///< judges the log anew after it was changed
    void sort();
    /// Over all instances.
    Figures figures() const;
    std::int64_t first() const;
    std::int64_t begins() const; ///< order of the first packet of all instances
};

/// Anomalies of packets that follow a counter's highest number, within one memory. Lost and late
/// count one; outliers and before first two; duplicates and too old two where `wide`.
std::int64_t anomalies(const std::vector<Packet>& packets, std::int64_t highest, std::int64_t first,
                       bool wide, std::int64_t memory);

} // namespace model
