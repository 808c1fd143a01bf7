// How many late packets are told as events.
#pragma once

#include "flow/sample.hpp"

#include <array>
#include <cstdint>

namespace lacuna::flow {

/// Of a row and second of packet time the first few, and of all rows of a tracker some more: a link
/// out of order must not crowd out the holes it opens. What is not told is counted by the rows.
class LateRate {
public:
    static constexpr std::uint32_t kOfRow = 16;
    static constexpr std::uint32_t kOfAll = 1024;

    bool take(std::uint32_t row, TimeNs time) {
        constexpr TimeNs kSecond = 1'000'000'000;
        const TimeNs second = interval_start(time, kSecond);
        if (all_.second != second) all_ = {0, 0, second};
        Slot& slot = rows_[row % rows_.size()];
        // Rows that share a place make each other begin again, within the bound for all.
        if (slot.row != row || slot.second != second) slot = {row, 0, second};
        if (slot.told == kOfRow || all_.told == kOfAll) return false;
        ++slot.told;
        ++all_.told;
        return true;
    }

private:
    struct Slot {
        std::uint32_t row;
        std::uint32_t told;
        TimeNs second;
    };
    Slot all_ = {};
    std::array<Slot, 256> rows_ = {};
};

/// Event::aux of a `late` event that takes an earlier one back: the packet with number a (as on the
/// wire), and b - 1 repetitions of it, have become part of another counter or instance.
inline constexpr std::uint8_t kTakenBack = 0xFF;

} // namespace lacuna::flow
