// The order of rows, for those who sort some of them.
#pragma once

#include "flow/fields/order.hpp"
#include "flow/figures/held_rows.hpp"

namespace lacuna::report {

struct SortKey {
    flow::RowRank rank;
    flow::HeldRow ref;
};

/// The first `limit` (0: all) of `keys`, which it sorts, by rank, then by identity and time.
std::vector<flow::HeldRow> first_of(std::vector<SortKey>& keys, std::size_t limit,
                                    const flow::HeldRows& rows);

} // namespace lacuna::report
