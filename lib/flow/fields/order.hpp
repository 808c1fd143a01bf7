// Rows in the order of a field.
#pragma once

#include "flow/fields/field.hpp"

#include <compare>
#include <string>

namespace lacuna::flow {

/// Whether rows can be sorted by the field: it is shown of an SA and is one number, time or flag.
bool sortable(const Field& f);
/// The names of these fields, ", " between them.
std::string sortable_names();

/// Grows with the value of a sortable field, whatever its kind.
std::uint64_t sort_key(const Field& f, const SaSummary& s);

/// Where a row stands in listings: those with most of a field first, then the worst: most lost,
/// then most duplicates, late and too old ones, then most received.
struct RowRank {
    std::uint64_t key;
    std::uint64_t lost;
    std::uint64_t disorder;
    std::uint64_t received;

    /// `by` null: the worst first.
    RowRank(const SaSummary& s, const Field* by)
        : key(by != nullptr ? sort_key(*by, s) : s.lost), lost(s.lost),
          disorder(s.duplicates + s.late + s.too_old), received(s.received) {}

    /// greater: listed first. What is equal is for the caller to order.
    friend auto operator<=>(const RowRank&, const RowRank&) = default;
};

} // namespace lacuna::flow
