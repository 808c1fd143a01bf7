// Frames of a capture that a pcap-filter(7) expression keeps.
#pragma once

#include "capture/reader.hpp"

namespace lacuna::capture {

/// A reader that gives those frames of `inner` that `expression` keeps, as libpcap's compiler
/// understands it for the link type of each. Frames it leaves out are added to `left_out`, which
/// outlives the reader; so are those of a further interface whose link type the expression makes no
/// sense for. Errors (exit 2): it makes none for the first interface.
Result<std::unique_ptr<Reader>> select_frames(std::unique_ptr<Reader> inner,
                                              const std::string& expression,
                                              std::uint64_t& left_out);

} // namespace lacuna::capture
