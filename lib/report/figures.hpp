// Figures derived from a summary, the same for every view.
#pragma once

#include "flow/replay_window.hpp"
#include "flow/summary.hpp"
#include "report/report.hpp"
#include "seq/constants.hpp"

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
    const bool extended = s.highest_ext >= kEnd
                          || (s.id.key.protocol == Protocol::macsec ? options.xpn : options.esn);
    if (extended) return e;
    e.warning = s.highest_ext >= seq::kExhaustionWarning;
    if (e.rate_per_s > 0) e.seconds_left = static_cast<double>(kEnd - s.highest_ext) / e.rate_per_s;
    return e;
}

/// Packets per second and bits per second over the packet time of a row; 0 for a single packet.
struct Rates {
    double pps = 0;
    double bps = 0;
};

inline Rates rates(const flow::SaSummary& s) {
    if (s.last_time <= s.first_time || s.received < 2) return {};
    const double seconds = static_cast<double>(s.last_time - s.first_time) / 1e9;
    return {static_cast<double>(s.received - 1) / seconds,
            static_cast<double>(s.bytes) * 8 / seconds};
}

/// Share of reordered packets: late / (received - duplicates).
inline double reordering_ratio(std::uint64_t late, std::uint64_t received,
                               std::uint64_t duplicates) {
    return received > duplicates
               ? static_cast<double>(late) / static_cast<double>(received - duplicates)
               : 0.0;
}

inline std::uint64_t mean_interarrival(const flow::SaSummary& s) {
    return s.received > 1 ? s.sum_interarrival_ns / (s.received - 1) : 0;
}

} // namespace lacuna::report
