// A tap: where it stands along the path, and what it saw.
#pragma once

#include "path/taps/sa_index.hpp"
#include "path/taps/track.hpp"

#include <string>
#include <vector>

namespace lacuna::path {

/// More taps than that make no path.
inline constexpr std::size_t kMostTaps = 8;

struct Tap {
    explicit Tap(std::size_t max_sas) : sas(max_sas) {}

    std::string name;
    std::string source; ///< as it was named
    SaIndex sas;
    std::vector<Track> tracks; ///< by the number of the SA in `sas`
    bool stamped = false;      ///< of a store: it stamped numbers (Instance::times)
    TimeNs earliest = 0;       ///< of all packets with a number; meaningless without SAs
    TimeNs latest = 0;
    std::vector<std::string> remarks; ///< what whoever reads the result should know
};

} // namespace lacuna::path
