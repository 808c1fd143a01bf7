// NAME=SOURCE arguments.
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

/// One tap as it was named, or the taps of parallel ways, taken for one.
struct NamedTap {
    std::string name;
    std::string source; ///< as it was given
    /// Of the files of each way, or the directory of the store.
    std::vector<std::vector<std::string>> ways;
    bool store = false;
    bool twice = true; ///< all of them are files: captures that can be read again
};

/// Ways are told apart as in `a=SOURCE|b=SOURCE` or `a|b=SOURCE|SOURCE`.
/// Errors (exit 2): no NAME=SOURCE, too few or too many, a name or a file given twice.
Result<std::vector<NamedTap>> parse_taps(const std::vector<std::string>& arguments);

} // namespace lacuna::app
