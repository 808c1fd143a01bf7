// The constants of the verdicts, in one place (doc/semantics.md names each).
#pragma once

#include "base/types.hpp"

namespace lacuna::seq {

/// A step: a number 1 to kStep above the highest.
inline constexpr Seq64 kStep = 16;

/// A number farther above the highest than this does not fit; a jump from there on is an event.
inline constexpr Seq64 kShortJump = 1024;

/// One packet shows a jump up to this far, two one that goes beyond. Also how far a peer's numbers
/// may have gone on while its address changed.
inline constexpr Seq64 kFarJump = 65536;

/// Packets of an identity after which a branch, a trial or a counter that fell silent is judged.
inline constexpr std::uint64_t kPatience = 1024;

/// Packets that make a counter of its own, a restart at any number, or end a trial.
inline constexpr std::uint64_t kMany = 64;

/// The same at the end of the input; a restart that begins at 2 .. kLowStart.
inline constexpr std::uint64_t kFew = 8;

/// Misfits in a row that begin a branch, packets that make a source known, packets that show that
/// a counter went on or that an AN is active, and a restart that begins at 0 or 1.
inline constexpr std::uint64_t kRun = 3;

/// A number up to this one may be a beginning.
inline constexpr std::uint32_t kLowStart = 64;

/// Counters of an identity, sources of a counter before they are left aside, runs of misfits
/// remembered.
inline constexpr std::size_t kMost = 16;

/// The two apart must have fewer anomalies than together, by a packet in so many.
inline constexpr std::int64_t kApartShare = 2;

/// Of a branch's packets so many in kCopyOf, or more, repeat the number just before: copies.
inline constexpr std::uint64_t kCopies = 3;
inline constexpr std::uint64_t kCopyOf = 4;

/// Interleaved: one packet in so many, or more, is too old, before the first or a far duplicate.
inline constexpr std::uint64_t kInterleavedShare = 4;

/// From this number on the end of a 32-bit numbering is warned of.
inline constexpr Seq64 kExhaustionWarning = 0xC0000000;

/// Reorder memory of an SA for which no side record is left ...
inline constexpr std::uint32_t kShortWindow = 64;
/// ... at the beginning, and at most, where none was asked for.
inline constexpr std::uint32_t kFirstWindow = 1024;
inline constexpr std::uint32_t kLargestWindow = 8192;

} // namespace lacuna::seq
