// How a frame asked to be treated on its way.
#pragma once

#include "wire/frame.hpp"

#include <optional>

namespace lacuna::analyze {

/// Priorities that anybody can read, those of the outermost headers.
struct Marks {
    std::optional<std::uint8_t> pcp;  ///< of the first VLAN tag (IEEE 802.1Q 9.6), 0 to 7
    std::optional<std::uint8_t> dscp; ///< of IPv4 or IPv6 (RFC 2474), 0 to 63
};
/// Of Ethernet, Linux cooked and raw IP; of others none.
Marks marks_of(const wire::Frame& frame);

/// "EF", "AF41", "CS6", "default" (RFC 4594); empty: it has none.
const char* dscp_name(std::uint8_t dscp);

} // namespace lacuna::analyze
