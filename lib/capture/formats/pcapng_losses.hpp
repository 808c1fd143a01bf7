// What a pcapng file says of the frames an interface lost: packets tell those before them,
// statistics blocks all since the capture began.
#pragma once

#include "base/drops.hpp"

#include <algorithm>
#include <optional>

namespace lacuna::capture {

/// The losses of one interface, told once each. Packets and statistics come in file order.
class InterfaceLosses {
public:
    /// A packet of `time`, the `frame`th of the capture, came.
    void packet(TimeNs time, std::uint64_t frame) {
        if (!any_) [[unlikely]] {
            any_ = true;
            since_ = time;
            since_frame_ = frame;
        }
        last_ = time;
    }

    /// The packet about to come says that `frames` were lost before it.
    Drops before_packet(TimeNs time, std::uint64_t frames) {
        told_ += frames;
        return {any_ ? std::min(last_, time) : time, time, frames, DropOrigin::capture};
    }

    /// A loss without a place yet, and the frame it is to be told before.
    struct Rest {
        Drops drops;
        std::uint64_t frame;
    };
    /// Statistics of `time` between the frames before `frame` and that one: `total` were lost so
    /// far. What neither packets nor earlier statistics told lies between those, or the first
    /// packet, and here.
    std::optional<Rest> statistics(TimeNs time, std::uint64_t frame, std::uint64_t total) {
        std::optional<Rest> rest;
        // Writers that leave the time out give 0; none ends before its packets do.
        const TimeNs now = any_ ? std::max(time, last_) : time;
        if (total > told_) {
            rest =
                Rest{{any_ ? std::min(since_, now) : now, now, total - told_, DropOrigin::capture},
                     any_ ? since_frame_ : frame};
            told_ = total;
        }
        any_ = true;
        since_ = last_ = now;
        since_frame_ = frame;
        return rest;
    }

private:
    bool any_ = false;              ///< a packet or statistics came
    TimeNs last_ = 0;               ///< of the latest of them
    TimeNs since_ = 0;              ///< where a rest not told yet begins, ...
    std::uint64_t since_frame_ = 0; ///< ... and the frame after that
    std::uint64_t told_ = 0;
};

} // namespace lacuna::capture
