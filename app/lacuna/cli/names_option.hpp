// --names: what end points, channels, SPIs and tunnels are called.
#pragma once

#include "base/result.hpp"

#include <CLI/App.hpp>
#include <string>

namespace lacuna::app {

/// Adds --names, which fills `file`.
void add_names_option(CLI::App& command, std::string& file);

/// Reads that file, if one is named, for all that is shown from now on (names::given()). Errors
/// (exit 2): what is wrong with it, and where.
Status read_names(const std::string& file);

} // namespace lacuna::app
