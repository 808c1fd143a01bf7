// What `analyze` reads its captures a second time for: frames around gaps, and what late packets
// have in common.
#pragma once

#include "analyze/second_look.hpp"
#include "cli/common_options.hpp"

namespace lacuna::app {

/// Adds --extract and --causes.
void add_second_look_options(CLI::App& command, CommonOptions& common);

bool wants_second_look(const CommonOptions& common);

/// Before the first pass. Errors (exit 2): a pipe, which can be read once only, or no place for
/// what will be found.
Status prepare_second_look(const CommonOptions& common, const analyze::Readers& readers);

/// Now that it is known where numbers are missing and what was late: `readers` are fresh ones. Adds
/// to the report what it found. Errors: a file could not be written.
Status look_again(report::Report& report, const CommonOptions& common, analyze::Readers& readers);

} // namespace lacuna::app
