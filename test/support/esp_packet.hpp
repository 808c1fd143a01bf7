// Observations of ESP, as a decoder would make them, for tests of what tracks them.
#pragma once

#include "wire/identity_hash.hpp"

#include <cstring>

namespace lacuna::test {

inline const wire::HashKey kEspPacketKey = wire::HashKey::fixed(5);

/// A packet of 100 bytes of the SA with this SPI, to one IPv4 destination, without a source.
inline wire::Observation esp_packet(std::uint32_t spi, std::uint32_t number, TimeNs time) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id.key.protocol = Protocol::esp;
    o.id.key.family = wire::Family::ipv4;
    o.id.key.spi = spi;
    o.seq = number;
    o.time = time;
    o.bytes = 100;
    o.hash = wire::identity_hash(o.id, kEspPacketKey);
    return o;
}

} // namespace lacuna::test
