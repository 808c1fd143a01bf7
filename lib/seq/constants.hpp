// The constants of the verdicts, in one place (doc/semantics.md names each).
#pragma once

#include "base/types.hpp"

namespace lacuna::seq {

/// A number farther above the highest than this is not believed until the next packet confirms it.
inline constexpr Seq64 kMaxJump = 65536;

/// Two packets belong together if the later number lies 1 to kMaxStep above the earlier one.
inline constexpr Seq64 kMaxStep = 16;

/// A restart is seen in a run of kShortRun packets that begins at 0 .. kShortRunStart, or of
/// kLongRun packets that begins at 0 .. kLongRunStart.
inline constexpr std::uint32_t kShortRun = 3;
inline constexpr std::uint32_t kShortRunStart = 1;
inline constexpr std::uint32_t kLongRun = 8;
inline constexpr std::uint32_t kLongRunStart = 64;

/// Packets, counted from its first, during which a restart can still be undone.
inline constexpr std::uint32_t kProvisional = 64;

/// An AN is active again after this many packets of its channel under other ANs.
inline constexpr std::uint64_t kRekeyPackets = 64;

/// From this number on the end of a 32-bit numbering is warned of.
inline constexpr Seq64 kExhaustionWarning = 0xC0000000;

/// Reorder memory of an SA for which no side record is left.
inline constexpr std::uint32_t kShortWindow = 64;

} // namespace lacuna::seq
