// Rekeys of a secure channel.
#pragma once

#include "wire/observation.hpp"

namespace lacuna::flow {

/// How often an AN of the channel (MACsec) became active after another.
struct RekeyTotals {
    wire::SaIdentity channel; ///< AN 0
    std::uint64_t count;
};

} // namespace lacuna::flow
