// What a driver's extended counters (xstats) say of lost frames, by their names.
#pragma once

#include <cstdint>
#include <string_view>

namespace lacuna::port {

/// Whose loss a counter tells.
enum class Loss : std::uint8_t {
    none,    ///< it tells of none, or repeats what others tell
    full,    ///< the probe's: no buffer, no room, no time; a part of imissed or rx_nombuf, mostly
    refused, ///< the probe's: the frame was longer than the port takes; a part of ierrors
    damaged, ///< the network's: the frame came broken; a part of ierrors
};

/// What `counter` tells. Names as DPDK gives them: lower case, words joined by '_'.
Loss loss_of(std::string_view counter);

} // namespace lacuna::port
