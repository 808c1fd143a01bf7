// What `compare` compares: a capture, a run of a store, or a span of time in one.
#pragma once

#include "base/result.hpp"
#include "cli/common_options.hpp"
#include "flow/totals.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

/// One of the two.
struct Side {
    std::string source; ///< as it was named
    std::vector<flow::SaSummary> rows;
    flow::Totals totals; ///< of the encrypted links among them
    TimeNs earliest = 0;
    TimeNs latest = 0; ///< both 0: no packet
};

/// Reads captures ("a.pcap,b.pcap": one stream), the latest run of a store ("DIR"), another one
/// ("DIR@3"), or what a store knows of a time ("DIR@SINCE..UNTIL", of which one may be left out).
/// Rows that `common.selected` leaves out are left out. Errors (exit 2): no such source.
Result<Side> read_side(const std::string& source, const CommonOptions& common);

} // namespace lacuna::app
