// Which command lines lacuna itself runs, and how it hands over the others.
#pragma once

#include <string_view>

namespace lacuna::app {

/// Whether the arguments ask for an analysis that stores nothing. Anything in doubt is no.
bool is_plain_analysis(int argc, char** argv);

/// What `lacuna COMMAND... --help` prints, if that is the whole command line; else empty. Made from
/// the answers of lacuna-full when lacuna was built, so that it takes no other program to read
/// them.
std::string_view help_text(int argc, char** argv);

/// Replaces this process by lacuna-full, with the same arguments. It lies beside this program, or
/// where installing puts it: seen from this program first, so that an installed tree can be moved.
/// Returns only if that fails: the exit status, after a line on stderr. Capabilities of this
/// program's file end here, since the other one's libraries would obey the environment of whoever
/// started it: they belong to the file of lacuna-full.
int become_full_program(char** argv);

} // namespace lacuna::app
