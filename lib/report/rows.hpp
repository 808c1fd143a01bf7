// The rows of a report in the order every view shows them.
#pragma once

#include "report/report.hpp"

namespace lacuna::report {

/// Where a row lives.
struct RowRef {
    std::uint32_t shard;
    std::uint32_t row;
};

/// References to the `limit` worst rows (0: all): most lost first, then most duplicates, late and
/// too old ones, then most received, then by identity. The order does not depend on the layout the
/// run had. 40 octets a row while it sorts.
std::vector<RowRef> ordered_rows(const Report& report, std::size_t limit);

/// Rows held at the end.
std::uint64_t row_count(const Report& report);

inline void read_row(const Report& report, RowRef ref, flow::SaSummary& out) {
    report.shards[ref.shard]->summarize(ref.row, out);
}

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

/// Restarts, rekeys and exhaustion warnings of all shards, by time, then identity.
std::vector<flow::Event> notable_events(const Report& report);

} // namespace lacuna::report
