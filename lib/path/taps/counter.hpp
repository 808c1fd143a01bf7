// From the packets of one SA at one tap to its track.
#pragma once

#include "path/taps/blind.hpp"
#include "path/taps/track.hpp"

#include <algorithm>
#include <memory>

namespace lacuna::path {

/// How numbers are told apart; doc/semantics.md has the words.
inline constexpr Seq64 kShortJump = 1024; ///< farther above it must be confirmed
inline constexpr Seq64 kStep = 16;
inline constexpr Seq64 kFarJump = 65'536;     ///< farther above one packet confirms nothing
inline constexpr Seq64 kStart = 64;           ///< a counter that begins again begins about here
inline constexpr std::size_t kConfirmed = 64; ///< packets that confirm anything
inline constexpr std::size_t kWentOn = 3;     ///< packets that show that the old counter lives

/// Follows one counter, in the order of arrival. Numbers extend to the nearest of the highest. What
/// does not fit (far above, or seen before and below) is held until it is clear whether the counter
/// jumped, began again, or went on: then it was a duplicate, late, or forged. One thread.
class Counter {
public:
    Counter() = default;
    Counter(Counter&&) = default;
    Counter& operator=(Counter&&) = default;
    Counter(const Counter& o)
        : track_(o.track_), branch_(o.branch_ ? std::make_unique<Branch>(*o.branch_) : nullptr),
          received_(o.received_), last_(o.last_), last_in_branch_(o.last_in_branch_) {}

    /// A packet: the number on the wire, and when it came.
    void take(std::uint32_t wire, TimeNs time, BlindSpans& blind) {
        const std::uint64_t index = received_++;
        if (!track_.instances.empty() && branch_ == nullptr) [[likely]] {
            Instance& now = track_.instances.back();
            if (wire == static_cast<std::uint32_t>(now.highest) + 1) [[likely]] {
                ++now.highest;
                now.last_time = time;
                last_ = wire;
                if (now.stamps.selects(wire)) now.stamps.add(now.highest, time);
                return;
            }
        }
        judge(wire, time, index, blind);
    }
    /// The input has ended: what is held is decided.
    void end(BlindSpans& blind);

    const Track& track() const { return track_; }
    /// Packets so far.
    std::uint64_t received() const { return received_; }
    Track release() { return std::move(track_); }

private:
    struct Held {
        std::uint32_t wire;
        Seq64 number; ///< as one of the counter there was
        TimeNs time;
        std::uint64_t index; ///< among all packets of the SA here
    };
    /// Packets that may be a jump, or a new beginning.
    struct Branch {
        std::vector<Held> packets;
        std::vector<Held> strays; ///< that fit neither this nor the counter
        Seq64 highest = 0;        ///< in an extension of its own
        Seq64 old_highest = 0;    ///< of the counter when it began
        TimeNs before = 0;        ///< the packet before it
        std::size_t progress = 0; ///< packets above old_highest since
        bool jump = false;        ///< above, or a new beginning

        bool holds(std::uint32_t wire) const {
            return std::any_of(packets.begin(), packets.end(),
                               [wire](const Held& h) { return h.wire == wire; });
        }
    };

    void judge(std::uint32_t wire, TimeNs time, std::uint64_t index, BlindSpans& blind);
    int rank(Seq64 n) const;
    void begin(std::uint32_t wire, TimeNs time, std::uint64_t index);
    void apply(Seq64 n, TimeNs time, TimeNs before, BlindSpans& blind);
    void open_branch(const Held& packet);
    void settle(const Held& packet, BlindSpans& blind);
    void fold(BlindSpans& blind);
    void stray(const Held& packet, BlindSpans& blind);
    void confirm(BlindSpans& blind);

    Track track_;
    std::unique_ptr<Branch> branch_;
    std::uint64_t received_ = 0;
    std::uint32_t last_ = 0; ///< on the wire
    bool last_in_branch_ = false;
};

} // namespace lacuna::path
