// Numbers that some taps saw and others are about to.
#pragma once

#include "path/taps/tap.hpp"

#include <array>

namespace lacuna::path {

/// A number under way.
struct UnderWay {
    std::uint32_t journey = 0;
    std::uint32_t group = 0;
    Seq64 number = 0;
    std::uint32_t arrivals = 0;           ///< still to come, at all taps together; 0: a free place
    std::uint32_t seen = 0;               ///< by side: a bit each
    std::array<TimeNs, kMostTaps> time{}; ///< of the first arrival
};

/// Open addressing, grows as needed. One thread.
class UnderWayTable {
public:
    UnderWayTable() : places_(256) {}

    /// The entry of this number; with arrivals 0 it is new, and the caller says how many there are.
    /// Valid until the next call.
    UnderWay& at(std::uint32_t journey, std::uint32_t group, Seq64 number) {
        if ((used_ + 1) * 2 > places_.size()) grow();
        std::size_t i = home(journey, number);
        while (places_[i].arrivals != 0
               && !(places_[i].number == number && places_[i].journey == journey
                    && places_[i].group == group))
            i = (i + 1) & mask();
        UnderWay& u = places_[i];
        if (u.arrivals == 0) {
            u.journey = journey;
            u.group = group;
            u.number = number;
            u.seen = 0;
        }
        return u;
    }
    /// An entry got its number of arrivals.
    void added() { ++used_; }
    /// All arrivals of an entry came.
    void remove(UnderWay& u) {
        --used_;
        auto hole = static_cast<std::size_t>(&u - places_.data());
        places_[hole].arrivals = 0;
        for (std::size_t i = (hole + 1) & mask(); places_[i].arrivals != 0; i = (i + 1) & mask()) {
            const std::size_t h = home(places_[i].journey, places_[i].number);
            if (((i - h) & mask()) < ((i - hole) & mask())) continue; // it may not go so far back
            places_[hole] = places_[i];
            places_[i].arrivals = 0;
            hole = i;
        }
    }
    std::size_t size() const { return used_; }

private:
    std::size_t mask() const { return places_.size() - 1; }
    std::size_t home(std::uint32_t journey, Seq64 number) const {
        std::uint64_t h = (static_cast<std::uint64_t>(number) ^ std::uint64_t{journey} << 32)
                          * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
        return static_cast<std::size_t>(h * 0xBF58476D1CE4E5B9u >> 20) & mask();
    }
    void grow() {
        std::vector<UnderWay> old(places_.size() * 2);
        old.swap(places_);
        for (const UnderWay& u : old) {
            if (u.arrivals == 0) continue;
            std::size_t i = home(u.journey, u.number);
            while (places_[i].arrivals != 0)
                i = (i + 1) & mask();
            places_[i] = u;
        }
    }

    std::vector<UnderWay> places_; ///< a power of two, at most half full
    std::size_t used_ = 0;
};

} // namespace lacuna::path
