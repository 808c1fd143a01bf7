// Named sets of options: what is in pcapgen/scenarios/NAME.toml, or in a file of the user's.
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::pcapgen {

/// A built-in scenario; generated from the .toml files by embed.py, sorted by name.
struct Scenario {
    std::string_view name;
    std::string_view text; ///< the file
};
std::span<const Scenario> builtin_scenarios();

/// The options of a scenario as command-line arguments ("--gap-rate=0.01"). `name` is that of a
/// built-in one or a path that ends in .toml. Errors: unknown, unreadable, not TOML (exit 2).
Result<std::vector<std::string>> scenario_arguments(const std::string& name);

/// One line for each built-in: name and what its first comment says.
std::string list_scenarios();

} // namespace lacuna::pcapgen
