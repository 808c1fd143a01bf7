// What a decoder is told to look for.
#pragma once

#include "wire/encapsulations.hpp"
#include "wire/protocols.hpp"
#include "wire/udp_ports.hpp"

namespace lacuna::wire {

/// What is to become of TCP and UDP packets that carry no secured layer.
enum class Transport : std::uint8_t {
    count,   ///< counted as other, as all frames are
    observe, ///< and an Observation of their 5-tuple written (seq 0)
};

/// Passed by value. `ports` outlives every decoder that uses it.
struct Decoding {
    constexpr Decoding(Transport t = Transport::count) : transport(t) {}

    Transport transport;
    std::uint8_t depth = kMaxEncapsulations; ///< encapsulations inside each other, 1 to 255
    ProtocolSet counters = 0;                ///< further counters asked for (kFurtherCounters)
    const UdpPorts* ports = &kUsualPorts;
};

} // namespace lacuna::wire
