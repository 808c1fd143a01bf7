// What a source of frames lost itself, and when.
#pragma once

#include "base/types.hpp"

#include <algorithm>

namespace lacuna {

/// How many frames were lost is not known, only when.
inline constexpr std::uint64_t kUnknownDrops = UINT64_MAX;

/// A longer span of drops, of a known number, makes no more numbers blind than it reports.
inline constexpr std::uint64_t kCountedSpan = 10'000'000'000;

/// Who lost the frames.
enum class DropOrigin : std::uint8_t {
    probe,   ///< lacuna's own port
    capture, ///< whoever wrote the capture, as the capture itself tells
};

/// Frames lost between two moments of packet time.
struct Drops {
    TimeNs from = 0;
    TimeNs to = 0;
    std::uint64_t frames = 0; ///< or kUnknownDrops
    DropOrigin origin = DropOrigin::probe;

    bool known() const { return frames != kUnknownDrops; }
    /// Too long to call all blind that was lost meanwhile.
    bool counted() const { return known() && length() > kCountedSpan; }
    /// Nanoseconds from beginning to end; 0 where it ends before it begins.
    std::uint64_t length() const {
        return to <= from ? 0 : static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    }
    /// One span for both.
    void merge(const Drops& more) {
        from = std::min(from, more.from);
        to = std::max(to, more.to);
        frames = known() && more.known() ? frames + more.frames : kUnknownDrops;
    }
};

} // namespace lacuna
