// All counters of one identity: which packet belongs to which, and what becomes of misfits.
#pragma once

#include "model/counter.hpp"

#include <optional>

namespace model {

/// A source of ESP is the pair of its address and destination: address * kPaths + destination.
inline constexpr int kPaths = 256;

/// A row of the result.
struct Row {
    std::int64_t begins;     ///< order of its first packet
    std::int64_t first_time; ///< of it
    std::int64_t first, highest;
    bool interleaved;
    std::size_t sources; ///< it was seen from
    int source;          ///< of its first packet
    Figures figures;
};

/// Value type: a copy may be ended to see what the figures would be if the input ended here.
class Identity {
public:
    explicit Identity(Memory memory, bool returns = true) : memory_(memory), returns_(returns) {}

    /// The next packet; its order is filled in.
    void packet(Packet p);
    /// The input ends: what is open is decided.
    void end() { resolve(true); }

    /// Of MACsec: whether another AN of the channel is active, and that it went on.
    void stand_by(bool other_is_active) { other_is_active_ = other_is_active; }
    void other_rose();

    std::int64_t highest() const; ///< of all counters; -1 before the first packet
    bool last_repeated() const { return last_repeated_; } ///< the last number had been seen
    /// As a peer whose destination moved would; of any source with this address.
    bool continues(int address, std::uint32_t number) const;
    std::size_t take_restarts();   ///< that were decided since the last call
    std::vector<Row> rows() const; ///< by their first packet

private:
    enum class Fate { open, fold, own, jump, restart };
    using Counters = std::vector<Counter>;
    using Place = Counters::iterator;

    // identity.cpp: a packet comes
    Place find(int id);
    Place best(const std::vector<int>& among, std::uint32_t number);
    int misfit(const Packet& p, std::vector<int> mine);
    int branch(std::vector<Packet> run, const std::vector<int>& older, int near, bool foreign);
    int take_back(std::vector<Packet> run);
    bool can_go_back(const std::vector<Packet>& run);
    std::optional<std::vector<Packet>> run_of(const Packet& p);

    // resolve.cpp: what becomes of branches and trials
    void resolve(bool end);
    bool resolve_branch(bool end);
    bool resolve_trial(bool end);
    bool split(Counter& c, int source, const Trial& trial, const std::vector<Packet>& own,
               const std::vector<Packet>& rest);
    Fate fate(const Counter& b, bool now);
    bool went_on(const Counter& b);
    bool apart_is_better(const Counter& b);
    void settle(int id, Fate fate);
    void fold(int id);
    void overflow(int id);
    void spill(const std::vector<Packet>& packets);
    void replace(int old, int with);
    bool counter_alone(const std::vector<Packet>& together, const std::vector<Packet>& old,
                       const std::vector<Packet>& own, std::int64_t highest, std::int64_t first,
                       bool wide) const;

    /// Where a source was before it moved or jumped.
    struct Left {
        int counter;       ///< that it is part of now
        std::int64_t born; ///< order of the first packet after
        std::int64_t highest;
    };

    Memory memory_;
    bool returns_;
    Counters counters_;                     ///< in the order of preference at equal fit
    std::vector<std::vector<Packet>> runs_; ///< misfits below, the latest kRoom
    std::map<int, Left> left_;
    std::optional<Counter> overflow_; ///< the interleaved row for a 17th counter
    std::int64_t order_ = -1;         ///< of the latest packet
    int ids_ = 0;
    int before_ = 0; ///< counter of the latest packet
    std::optional<Packet> previous_;
    bool last_repeated_ = false;
    std::size_t restarts_ = 0;
    bool other_is_active_ = false;
    std::vector<double> rises_; ///< of the active AN, between orders; the latest three
};

} // namespace model
