// The verdicts on one counter's packets, in the order of their arrival.
#pragma once

#include "model/rules.hpp"

#include <unordered_set>

namespace model {

enum class Verdict { first, up, before_first, too_old, duplicate, late, outlier };

/// One unbroken numbering. Value type; memory grows with the input.
class Walk {
public:
    explicit Walk(Memory memory) : memory_(memory), reach_(memory.first) {}

    Verdict step(const Packet& p);

    bool begun() const { return figures_.received != 0; }
    std::int64_t first() const { return first_; }
    std::int64_t highest() const { return highest_; }
    std::int64_t floor() const { return floor_; } ///< numbers below have left the memory
    std::int64_t reach() const { return reach_; } ///< how much is remembered now
    bool seen(std::int64_t n) const { return seen_.count(n) != 0; }
    std::int64_t place(std::uint32_t wire) const { return highest_ + distance(wire, highest_); }

    /// Loss as if the input ended here.
    Figures figures() const;

private:
    struct Hole {
        std::int64_t next, time;
        bool blind;
    };
    Verdict judge(const Packet& p);
    Verdict below(std::int64_t n);
    void rise(std::int64_t n, const Packet& p);
    void grow(std::int64_t extent);

    Memory memory_;
    std::int64_t reach_;
    std::int64_t first_ = 0, highest_ = 0, floor_ = 0, last_time_ = 0;
    std::unordered_set<std::int64_t> seen_;
    std::vector<Hole> holes_; ///< as they opened, upwards
    Figures figures_;         ///< all but what is lost
};

} // namespace model
