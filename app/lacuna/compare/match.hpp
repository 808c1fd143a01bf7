// SA by SA: which of two sides was better.
#pragma once

#include "compare/sides.hpp"

#include <optional>

namespace lacuna::app {

/// What became of an SA from one side to the other. `better` and `worse` are more than chance
/// makes.
enum class Change : std::uint8_t { worse, better, same, appeared, gone };
const char* change_name(Change change);

/// Figures of SAs on one side.
struct Figures {
    flow::Totals sum;
    double rate_pps = 0; ///< of packet time, all of them together
};

/// An SA, or several that go the same way where keys were changed in between.
struct Pair {
    std::string what;     ///< id, or name; "from → to" of several
    std::string ends;     ///< "from → to", or MAC address and port
    bool several = false; ///< SAs of one direction whose ids differ
    std::optional<Figures> a;
    std::optional<Figures> b;
    Change change = Change::same;
};

/// How the loss of `b` differs from that of `a`; where both are alike, how lateness does.
Change judge(const flow::Totals& a, const flow::Totals& b);

/// The pairs, the worst first: what became worse, what became better, what appeared, what is gone,
/// what is as it was. An SA is known by its name (names::given()), else by its id; what then stands
/// alone on both sides, by its direction.
std::vector<Pair> match(const Side& a, const Side& b);

} // namespace lacuna::app
