// From 32 bits on the wire to 64: where a number belongs.
#pragma once

#include "base/types.hpp"

namespace lacuna::seq {

/// How far `wire` lies above (positive) or below (negative) `highest`, taking the extension nearest
/// to it; a distance of exactly 2^31 counts backwards. One rule for ESN (RFC 4303 A2), XPN (IEEE
/// 802.1AEbw) and plain wrap: a passive listener knows no receive window, and no high half.
inline std::int32_t distance(Seq64 highest, std::uint32_t wire) {
    return static_cast<std::int32_t>(wire - static_cast<std::uint32_t>(highest));
}

/// The 64-bit number of `wire`. May be negative: a number from before the wrap, seen by a listener
/// who joined just after it.
inline Seq64 extend(Seq64 highest, std::uint32_t wire) {
    return highest + distance(highest, wire);
}

} // namespace lacuna::seq
