// What standard output is looked at with.
#pragma once

#include <CLI/App.hpp>

namespace lacuna::app {

/// Adds --color and --utc.
void add_screen_options(CLI::App& command);

/// Adds --verbose.
void add_verbose_option(CLI::App& command);

/// Fills report::screen(). Columns: COLUMNS of the environment, else of the terminal, else 80.
/// Colours as --color says: on a terminal that has them, unless NO_COLOR is set, always or never.
/// With --utc times are told in UTC from now on. After the command line was read, before any other
/// thread begins.
void look_at_stdout();

} // namespace lacuna::app
