// The command line.
#pragma once

#include "base/result.hpp"
#include "pcapgen/taps/plan.hpp"
#include "pcapgen/truth/traffic.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lacuna::pcapgen {

struct Options {
    Traffic traffic;
    TapPlan taps;
    std::string output;
    std::string truth;      ///< path of the truth
    std::string command;    ///< as typed
    std::string scenario;   ///< empty: none
    bool list_flows = true; ///< in the truth
    bool nanoseconds = false;
    bool verbose = false;
    bool quiet = false;
};

/// What to do: a run, or nothing but to print `text`.
struct Invocation {
    std::optional<Options> run;
    std::string text;
};

/// `arguments` without the program's name. Errors: anything unusable or contradictory (exit 2).
Result<Invocation> parse_command_line(const std::vector<std::string>& arguments);

} // namespace lacuna::pcapgen
