// The names of this process: what is shown to people and programs has them.
#pragma once

#include "flow/select/filter.hpp"
#include "names/names.hpp"

namespace lacuna::names {

/// What --names gave; null: nothing did. Any thread.
const Names* given();
/// Before anything is shown and any other thread begins. Once, but for tests.
void give(std::optional<Names> names);

/// Of an SA, by the names given; empty: it has none.
std::string name_of(const flow::SaSummary& s);

/// As flow::Filter::parse(), with the names given.
Result<flow::Filter> parse_filter(std::string_view text);

} // namespace lacuna::names
