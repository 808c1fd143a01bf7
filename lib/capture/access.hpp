// How the octets of a capture file come into the process.
#pragma once

#include <cstdint>

namespace lacuna::capture {

/// What is not a regular file is read whatever is asked for.
enum class Access : std::uint8_t {
    map,  ///< mapped: frames stay valid as long as their Reader, and nothing is copied
    read, ///< read in blocks that stay in the cache: copying a page costs less than mapping it
};

} // namespace lacuna::capture
