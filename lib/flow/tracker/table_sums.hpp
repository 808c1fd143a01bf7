// Sums over a table that is in use, gathered a few rows at a time between bursts.
#pragma once

#include "flow/tracker.hpp"

#include <array>
#include <limits>

namespace lacuna::flow {

/// Rows with the most lost numbers a table_sums remembers.
inline constexpr std::size_t kWorstRows = 32;

/// What one tracker holds and has held. Each row is looked at once, at some moment of the
/// table_sums; one that leaves the table meanwhile counts as it left. So a figure that only grows
/// in a row only grows from one table_sums to the next. Once the input has ended `sums` equals
/// Tracker::sums().
struct TableSums {
    struct Worst {
        std::uint32_t row;
        std::uint64_t lost;
    };

    /// Rows held that have passed the warning line (seq::kExhaustionWarning) and whose numbers have
    /// not been seen to be wider than 32 bits.
    struct Exhausting {
        std::uint64_t rows = 0;
        double first_s = kNever; ///< until the first of them runs out, at its present rate
    };
    static constexpr double kNever = std::numeric_limits<double>::infinity();

    Sums sums;
    /// The part of sums.links.lost that is final (seq/final.hpp), or whose row left the table; and
    /// what came although it was. While a restart is provisional: what the old instance lost.
    seq::LossParts final;
    TableCounters table;
    std::uint64_t notable = 0;     ///< Tracker::notable_count()
    std::uint64_t lossy_rows = 0;  ///< rows held that miss numbers
    std::uint64_t silent_rows = 0; ///< rows held that were told to be silent
    Exhausting macsec;
    Exhausting ipsec;
    TimeNs earliest = 0;           ///< packet time of the first row ever; 0: none yet
    TimeNs latest = 0;             ///< latest packet time; 0: none yet
    std::uint32_t worst_count = 0; ///< rows in `worst`, most lost first
    std::array<Worst, kWorstRows> worst = {};
};

} // namespace lacuna::flow
