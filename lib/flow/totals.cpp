#include "flow/totals.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

void add_histogram(Log2Histogram& sum, const Log2Histogram& h) {
    for (std::size_t i = 0; i < kLog2Buckets; ++i)
        sum[i] += h[i];
}

} // namespace

void Totals::add(const SaSummary& s) {
    ++flows;
    received += s.received;
    bytes += s.bytes;
    lost += s.lost;
    lost_blind += s.lost_blind;
    gaps += s.gaps;
    duplicates += s.duplicates;
    late += s.late;
    too_old += s.too_old;
    before_first += s.before_first;
    outliers += s.outliers;
    restarts += s.restarts;
    max_gap = std::max(max_gap, s.max_gap);
    max_late_extent = std::max(max_late_extent, s.max_late_extent);
    if ((s.lost | s.late | s.too_old) != 0) { // else all four are empty: most rows
        add_histogram(late_extents, s.late_extents);
        add_histogram(too_old_extents, s.too_old_extents);
        add_histogram(loss_periods, s.loss_periods);
        add_histogram(loss_distances, s.loss_distances);
    }
    if (s.id.key.protocol == Protocol::macsec) macsec_out_of_order += s.late + s.too_old;
}

Totals& Totals::operator+=(const Totals& o) {
    flows += o.flows;
    received += o.received;
    bytes += o.bytes;
    lost += o.lost;
    lost_blind += o.lost_blind;
    gaps += o.gaps;
    duplicates += o.duplicates;
    late += o.late;
    too_old += o.too_old;
    before_first += o.before_first;
    outliers += o.outliers;
    restarts += o.restarts;
    rekeys += o.rekeys;
    max_gap = std::max(max_gap, o.max_gap);
    max_late_extent = std::max(max_late_extent, o.max_late_extent);
    add_histogram(late_extents, o.late_extents);
    add_histogram(too_old_extents, o.too_old_extents);
    add_histogram(loss_periods, o.loss_periods);
    add_histogram(loss_distances, o.loss_distances);
    macsec_out_of_order += o.macsec_out_of_order;
    return *this;
}

} // namespace lacuna::flow
