// The fields of an SA and of the totals, one row each. Sums, records of the store, JSON, CSV, REST,
// metrics, names to sort by and doc/fields.md are made from these rows.
#pragma once

#include "flow/fields/rows.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace lacuna::flow {

inline constexpr std::size_t kFieldCount = std::size(kFields);

/// The row of that name, known when the program is built.
consteval const Field& field(std::string_view name) {
    for (const Field& f : kFields)
        if (name == f.name) return f;
    throw "no such field";
}

/// The row of that name; null: there is none.
const Field* find_field(std::string_view name);

/// Calls `fn.template operator()<I>()` for each row, so that what it does is chosen when the
/// program is built.
template <typename Fn>
constexpr void each_field(Fn fn) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (fn.template operator()<I>(), ...);
    }
    (std::make_index_sequence<kFieldCount>());
}

} // namespace lacuna::flow
