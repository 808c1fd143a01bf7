// NAME=SOURCE arguments.
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

/// One tap as it was named.
struct NamedTap {
    std::string name;
    std::string source;             ///< as it was given
    std::vector<std::string> paths; ///< of its files, or the directory of its store
    bool store = false;
    bool twice = true; ///< all of them are files: captures that can be read again
};

/// Errors (exit 2): no NAME=SOURCE, too few or too many, a name or a file given twice.
Result<std::vector<NamedTap>> parse_taps(const std::vector<std::string>& arguments);

} // namespace lacuna::app
