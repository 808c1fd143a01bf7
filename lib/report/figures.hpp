// Figures derived from a summary, the same for every view.
#pragma once

#include "flow/replay_window.hpp"
#include "flow/summary.hpp"
#include "report/report.hpp"
#include "seq/constants.hpp"

#include <algorithm>
#include <optional>

namespace lacuna::report {

/// When an SA will run out of numbers.
struct Exhaustion {
    double rate_per_s = 0;              ///< numbers consumed over the last 10 s of packet time
    std::optional<double> seconds_left; ///< empty: no rate known, or the numbering has 64 bits
    bool warning = false;
};

inline Exhaustion exhaustion(const flow::SaSummary& s, const ViewOptions& options) {
    Exhaustion e;
    if (s.rate_ns != 0)
        e.rate_per_s = static_cast<double>(s.rate_numbers) * 1e9 / static_cast<double>(s.rate_ns);
    constexpr Seq64 kEnd = Seq64{1} << 32;
    const bool extended = s.highest_ext >= kEnd || wire::row_of(s.id.key.protocol).bits != 32
                          || (s.id.key.protocol == Protocol::macsec ? options.xpn : options.esn);
    if (extended) return e;
    e.warning = s.highest_ext >= seq::kExhaustionWarning;
    if (e.rate_per_s > 0) e.seconds_left = static_cast<double>(kEnd - s.highest_ext) / e.rate_per_s;
    return e;
}

/// Duplicates that came over another interface than the first packets of their SAs, where that
/// tells about most of them; else 0.
inline std::uint64_t seen_elsewhere(const flow::RunFigures& f) {
    const std::uint64_t n = std::min(f.table.elsewhere, f.totals.duplicates);
    return 2 * n > f.totals.duplicates ? n : 0;
}

} // namespace lacuna::report
