// The rows of a report in the order every view shows them.
#pragma once

#include "flow/gap_fold.hpp"
#include "report/report.hpp"

namespace lacuna::report {

/// References to the first `limit` rows (0: all), those with most of `by` first (null: the worst;
/// flow::RowRank), then by identity. The order does not depend on the layout the run had. 40 octets
/// a row while it sorts.
std::vector<flow::HeldRow> ordered_rows(const flow::HeldRows& rows, std::size_t limit,
                                        const flow::Field* by = nullptr);

using flow::Gap;

/// The gaps Report::events tell of, by time, then identity and number; `limit` 0: all. `found`: how
/// many there are, listed or not.
std::vector<Gap> ordered_gaps(const Report& report, std::size_t limit,
                              std::size_t* found = nullptr);

} // namespace lacuna::report
