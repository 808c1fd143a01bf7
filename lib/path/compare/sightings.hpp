// Which SAs at several taps are the same one.
#pragma once

#include "path/taps/tap.hpp"

#include <span>
#include <vector>

namespace lacuna::path {

/// One SA at one tap.
struct Sighting {
    std::size_t tap;
    std::uint32_t sa; ///< its number at that tap
};
/// The same SA at one tap or more, by tap.
using Sightings = std::vector<Sighting>;

/// Every SA seen anywhere, by identity: first as the taps name it, then joined where somebody on
/// the way translates destinations. Those have the protocol and the SPI in common (RFC 4301 4.1:
/// the receiver chose it), no tap saw both, and their numbers and times agree.
std::vector<Sightings> find_sightings(std::span<const Tap> taps);

} // namespace lacuna::path
