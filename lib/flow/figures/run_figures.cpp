#include "flow/figures/run_figures.hpp"

#include <algorithm>
#include <numeric>

namespace lacuna::flow {

bool FrameFigures::accounted() const {
    return decoded == std::accumulate(classes.begin(), classes.end(), std::uint64_t{0});
}

void RunFigures::set_lost(ProbeLoss lost) {
    probe = lost;
    probe.table_full = table.refused;
    causes_known = true;
    frames.dropped = probe.frames();
}

void RunFigures::end(const wire::FrameCounts& counts) {
    frames.decoded = counts.offered;
    std::copy(std::begin(counts.cls), std::end(counts.cls), frames.classes.begin());
    frames.bytes = counts.bytes;
    frames.nesting_cut = counts.nesting_cut;
    frames.other_kinds = counts.other_by_name();
    final_lost = totals.lost;
}

} // namespace lacuna::flow
