// Random traffic through the tracker and the naive model: they must agree on every figure.
#pragma once

#include "property/traffic.hpp"

#include <string>

namespace model_body {

/// What differs between tracker and model; empty if nothing. `burst_seed` varies the bursts.
std::string compare(const traffic::Case& c, std::uint32_t burst_seed);

/// The shortest case found that still differs, as a numbered list, and how it does.
std::string shrink(traffic::Case c, std::uint32_t burst_seed);

} // namespace model_body
