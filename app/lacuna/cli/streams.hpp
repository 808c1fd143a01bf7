// The standard streams, which may be full, closed, or gone with their terminal.
#pragma once

#include "base/result.hpp"

#include <string>

namespace lacuna::app {

/// Puts /dev/null, opened the wrong way round, in place of standard streams this process was
/// started without. A file opened later would else get their number, and what is printed to them.
void hold_streams();

/// Whether stderr is a terminal on which lines can be drawn again (TERM says which it is).
bool can_draw();

/// "lacuna: ..." on stderr, for people. That nobody can read it is no failure.
void remark(const std::string& line);

/// From now on standard output goes to that file, if one is named, which appears whole at the end:
/// what is not told to be written (written()) leaves nothing behind. A device or pipe is written to
/// as it comes. Errors (exit 2): it cannot be made. Once, before anything is printed.
Status send_output_to(const std::string& path);

/// Exit status of a command whose output went to stdout, `good` or not (then errno says why): 0,
/// or 1 and a line on stderr. A reader that went away counts as done. `what`: "the report".
int written(bool good, const char* what);

} // namespace lacuna::app
