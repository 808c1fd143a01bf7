// Times of some numbers, the same ones at every tap.
#pragma once

#include "base/types.hpp"

#include <algorithm>
#include <vector>

namespace lacuna::path {

/// Stamps beyond these, 1970 and 2116, are taken for the nearer one: so any two of them, and the
/// clocks of their taps, can be subtracted. A capture file may claim any.
constexpr TimeNs within_reach(TimeNs time) {
    return std::clamp<TimeNs>(time, 0, TimeNs{1} << 62);
}

/// When a number arrived first.
struct Stamp {
    Seq64 number;
    TimeNs time;
};

/// A few numbers of one counter with their times, selected by a hash of their 32 bits on the wire:
/// whoever has to select more strictly keeps a part of what others keep.
class Stamps {
public:
    static constexpr std::size_t kMost = 32;

    /// Whether this number is among those selected.
    bool selects(std::uint32_t wire) const { return (mix(wire) & mask_) == 0; }
    /// Numbers ascend.
    void add(Seq64 number, TimeNs time) {
        list_.push_back({number, time});
        while (list_.size() > kMost) {
            mask_ = mask_ << 1 | 1;
            std::erase_if(list_, [this](const Stamp& s) {
                return !selects(static_cast<std::uint32_t>(s.number));
            });
        }
    }
    /// By number.
    const std::vector<Stamp>& list() const { return list_; }

private:
    static std::uint32_t mix(std::uint32_t n) {
        n = (n ^ (n >> 16)) * 0x7FEB352Du;
        n = (n ^ (n >> 15)) * 0x846CA68Bu;
        return n ^ (n >> 16);
    }

    std::vector<Stamp> list_;
    std::uint32_t mask_ = 0;
};

} // namespace lacuna::path
