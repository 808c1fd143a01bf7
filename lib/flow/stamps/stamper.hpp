// How many numbers of each SA are stamped.
#pragma once

#include "base/reserved.hpp"
#include "flow/sample.hpp"
#include "flow/stamps/stamp_hash.hpp"
#include "flow/table/sa_state.hpp"

#include <algorithm>

namespace lacuna::flow {

/// Selects numbers of the rows of one tracker so strictly that no more than so many of an SA are
/// stamped in a second of packet time, about, and never more than kOfAll of all SAs. One owner;
/// nothing allocates after reserve(), and a row costs 16 octets more.
class Stamper {
public:
    static constexpr std::uint32_t kOfAll = 2'048;
    /// At any rate a number in so many, as a power of two, is few enough.
    static constexpr std::uint8_t kStrictest = 32;

    static constexpr std::uint32_t kMostOfOne = 1000;

    /// `rate`: of an SA in a second, at most kMostOfOne; 0: nothing is stamped. False: no memory.
    bool reserve(std::uint64_t rows, std::uint32_t rate) {
        rate_ = rate;
        if (rate == 0) return true;
        memory_ = Reserved(rows * sizeof(Of));
        of_ = static_cast<Of*>(memory_.get());
        return of_ != nullptr;
    }
    bool wanted() const { return rate_ != 0; }

    /// The row is another SA's from here on.
    void forget(Row row) { of_[row] = {}; }
    bool knows(Row row) const { return of_[row].known; }
    /// `hash` is that of the row's id.
    void begin(Row row, const StampHash& hash) {
        of_[row] = {};
        of_[row].hash = hash;
        of_[row].known = true;
    }

    /// Whether `number`, which arrives for the first time, is stamped.
    bool take(Row row, Seq64 number, TimeNs time) {
        Of& of = of_[row];
        const auto second = static_cast<std::uint32_t>(interval_start(time, kSecond) / kSecond);
        if (of.second != second) begin_second(of, second);
        if (!of.hash.selects(number, of.level)) return false;
        if (all_second_ != second) {
            all_second_ = second;
            all_ = 0;
        }
        if (all_ == kOfAll) {
            // Too many SAs: each selects half as many from the next second on.
            if (of.told < 2 * rate_ && of.level < kStrictest) ++of.level;
            of.told = static_cast<std::uint16_t>(2 * rate_);
            return false;
        }
        if (of.told >= rate_) {
            // Half as many from here on, and twice the rate at most until that is strict enough.
            if (of.told == 2 * rate_) return false;
            if (of.level < kStrictest) ++of.level;
            if (!of.hash.selects(number, of.level)) return false;
        }
        ++of.told;
        ++all_;
        return true;
    }

    /// The next number behind `highest` that may be stamped.
    Seq64 next(Row row, Seq64 highest) const { return of_[row].hash.next(highest, of_[row].level); }

private:
    static constexpr TimeNs kSecond = 1'000'000'000;

    struct Of {
        StampHash hash;
        std::uint32_t second; ///< of packet time, modulo 2^32
        std::uint16_t told;   ///< in that second, at most twice the rate
        std::uint8_t level;
        bool known;
    };
    static_assert(sizeof(Of) == 16);

    /// Where few were told in the second before, twice as many may be.
    void begin_second(Of& of, std::uint32_t second) {
        if (of.level != 0 && 2u * of.told < rate_) --of.level;
        of.second = second;
        of.told = 0;
    }

    Of* of_ = nullptr;
    std::uint32_t rate_ = 0;
    std::uint32_t all_second_ = 0;
    std::uint32_t all_ = 0; ///< stamped in that second
    Reserved memory_;
};

} // namespace lacuna::flow
