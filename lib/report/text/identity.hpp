// What a person knows an SA by.
#pragma once

#include "flow/summary.hpp"

#include <string>

namespace lacuna::report {

/// The name, where it has one (names::given()), then source → destination and SPI, or MAC address,
/// port and AN of a SecTAG: what the text id is made of, where the source is known as well; of
/// other protocols the id itself.
std::string identity_text(const flow::SaSummary& s);

} // namespace lacuna::report
