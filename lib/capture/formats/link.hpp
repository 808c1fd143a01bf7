// LINKTYPE_ numbers of capture files (tcpdump.org/linktypes.html) and what lacuna makes of them.
#pragma once

#include "base/result.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <string>

namespace lacuna::capture {

/// The decoder's link type for a LINKTYPE_ number; LinkType::unsupported if there is none.
wire::LinkType translate_link(std::uint32_t number);

/// The LINKTYPE_ number that files are written with for a link type.
std::uint32_t link_number(wire::LinkType link);

/// The error for a capture whose (first) interface has the unsupported LINKTYPE_ `number`.
Error unsupported_link(std::uint32_t number, const std::string& path);

} // namespace lacuna::capture
