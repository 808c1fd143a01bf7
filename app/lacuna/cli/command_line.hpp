// From the arguments of the process to a subcommand, or to one line about what is wrong with them.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

namespace lacuna::app {

/// Adds subcommands to `app`; a chosen one sets `status`. `eal_arguments`: what follows `--`.
using RegisterCommands =
    std::function<void(CLI::App& app, int& status, const std::vector<std::string>& eal_arguments)>;

/// Runs the subcommand that the arguments name, with the standard streams made safe. Returns the
/// exit status of the process: 2, and a line on stderr, where the arguments make no sense.
int run_command_line(int argc, char** argv, const RegisterCommands& register_commands);

} // namespace lacuna::app
