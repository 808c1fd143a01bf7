// What a run tells the person who started it.
#pragma once

#include "pcapgen/truth/truth.hpp"

namespace lacuna::pcapgen {

/// Frames by protocol, impairments, and where everything went; with --verbose by kind of frame.
std::string summary_text(const Generator& generator, const Options& options, double seconds);

} // namespace lacuna::pcapgen
