// How the octets of a capture file come into the process.
#pragma once

#include <cstdint>

namespace lacuna::capture {

/// What is not a regular file is read whatever is asked for.
enum class Access : std::uint8_t {
    map,    ///< mapped: frames stay valid as long as their Reader, and nothing is copied
    stream, ///< whichever is quicker for one pass: mapped where the page cache holds the file in
            ///< huge pages, else read in blocks that stay in the processor's cache, since copying
            ///< a small page costs less than mapping it
};

} // namespace lacuna::capture
