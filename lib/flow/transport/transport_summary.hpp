// TCP and UDP conversations as they are reported.
#pragma once

#include "wire/observation.hpp"

namespace lacuna::flow {

/// One direction of a conversation. There is no loss figure: TCP numbers octets, UDP nothing.
struct TransportSummary {
    wire::SaIdentity id; ///< as wire::transport_text() reads it
    TimeNs first_time;
    TimeNs last_time;
    std::uint64_t packets;
    std::uint64_t bytes; ///< of whole frames on the wire
};

} // namespace lacuna::flow
