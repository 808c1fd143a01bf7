// The rows of a report in the order every view shows them.
#pragma once

#include "report/report.hpp"

namespace lacuna::report {

/// References to the first `limit` rows (0: all), those with most of `by` first (null: the worst;
/// flow::RowRank), then by identity. The order does not depend on the layout the run had. 40 octets
/// a row while it sorts.
std::vector<flow::RowRef> ordered_rows(const flow::HeldRows& rows, std::size_t limit,
                                       const flow::Field* by = nullptr);

/// A gap of some SA, for listings.
struct Gap {
    wire::SaIdentity id;
    Seq64 first_missing;
    Seq64 next;
    TimeNs time;
    bool blind;
};

/// The gaps Report::events tell of, by time, then identity and number; `limit` 0: all.
std::vector<Gap> ordered_gaps(const Report& report, std::size_t limit);

} // namespace lacuna::report
