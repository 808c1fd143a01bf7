// Types every layer shares. Values are in host byte order unless a comment says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacuna {

/// Nanoseconds since the Unix epoch, UTC; what every time in lacuna is measured in. Signed, so
/// that differences of times that step backwards stay meaningful.
using TimeNs = std::int64_t;

/// A packet or sequence number extended to 64 bits. Signed: a number just below the start of an
/// unknown high half (see seq/extend.hpp) is negative.
using Seq64 = std::int64_t;

inline constexpr std::size_t kCacheLine = 64;

} // namespace lacuna
