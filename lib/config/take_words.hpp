// What becomes of the frames of an AF_XDP port, in a sentence.
#pragma once

#include "config/run_config.hpp"

namespace lacuna::config {

/// "takes every frame: the kernel gets none of them", or what is taken and what is not. Both are
/// checked.
std::string take_words(const PortConfig& port, const TrackSettings& track);

} // namespace lacuna::config
