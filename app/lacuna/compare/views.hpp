// A comparison as text, JSON (schema lacuna.compare/1) and CSV.
#pragma once

#include "compare/match.hpp"

namespace lacuna::app {

struct Comparison {
    Side a;
    Side b;
    std::vector<Pair> pairs;
};

/// `top`: pairs at most; 0: all, in the table ten and those that changed. Each prints to standard
/// output. False: it could not be written.
bool show_comparison_text(const Comparison& comparison, std::size_t top);
bool show_comparison_json(const Comparison& comparison, std::size_t top);
bool show_comparison_csv(const Comparison& comparison, std::size_t top);

} // namespace lacuna::app
