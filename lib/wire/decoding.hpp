// What a decoder is told to look for.
#pragma once

#include "wire/declared.hpp"
#include "wire/encapsulations.hpp"
#include "wire/protocols.hpp"
#include "wire/udp_ports.hpp"

namespace lacuna::wire {

/// What is to become of TCP and UDP packets that carry no secured layer.
enum class Transport : std::uint8_t {
    count,   ///< counted as other, as all frames are
    observe, ///< and an Observation of their 5-tuple written (seq 0)
};

/// Passed by value. `ports` and `declared` outlive every decoder that uses them.
struct Decoding {
    constexpr Decoding(Transport t = Transport::count) : transport(t) {}

    Transport transport;
    std::uint8_t depth = kMaxEncapsulations; ///< encapsulations inside each other, 1 to 255
    ProtocolSet counters = 0;                ///< further counters asked for (kFurtherCounters)
    /// Whether streams that only their numbers can prove are looked for: RTP on any port, Nebula
    /// and OpenVPN on ports of their own. Whoever takes the observations judges them (kOnTrial).
    bool trials = false;
    const UdpPorts* ports = &kUsualPorts;
    const DeclaredCounters* declared = &kNoneDeclared;
};

} // namespace lacuna::wire
