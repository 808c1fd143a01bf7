// What a listener must find in the capture, as JSON with the field names of lacuna's report.
#pragma once

#include "pcapgen/generator.hpp"
#include "pcapgen/options/options.hpp"

#include <map>

namespace lacuna::pcapgen {

/// Sums over all SAs; meanings as in doc/semantics.md.
struct TruthTotals {
    std::uint64_t flows = 0;
    std::uint64_t received = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;
    std::uint64_t gaps = 0;
    std::uint64_t max_gap = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t late = 0;
    std::uint64_t max_late_extent = 0;
    std::uint64_t too_old = 0;
    std::uint64_t before_first = 0;
    std::uint64_t outliers = 0;
    std::uint64_t restarts = 0;
    std::uint64_t rekeys = 0;
};

/// All frames.
struct TruthFrames {
    std::uint64_t offered = 0;
    std::uint64_t bytes = 0;
    std::uint64_t raised = 0;
    std::uint64_t cls[kClasses] = {};
    std::map<std::string, std::uint64_t> other; ///< by name
};

/// Whether a restart of that SA is a rekey as well: its AN is the only one of a secure channel.
bool restarts_are_rekeys(const Generator& generator, std::uint32_t sa);

/// Of the encrypted links.
TruthTotals truth_totals(const Generator& generator);
/// Of one further counter.
TruthTotals truth_totals(const Generator& generator, Class counter);
TruthFrames truth_frames(const Generator& generator);

/// Indices of the SAs that sent something, sorted by text id.
std::vector<std::uint32_t> sorted_flows(const Generator& generator);

/// Writes the truth of a finished run to options.truth. Errors: cannot be created (exit 2) or
/// written (exit 1).
Status write_truth(const Generator& generator, const Options& options);

} // namespace lacuna::pcapgen
