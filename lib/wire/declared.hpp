// Counters somebody declares: a number at a place behind a UDP port or an EtherType.
#pragma once

#include "wire/protocols.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace lacuna::wire {

/// One declaration. Positions are octets from the first one behind the UDP header or the EtherType.
struct DeclaredCounter {
    Carrier carrier = Carrier::none; ///< udp_port or ethertype
    std::uint16_t number = 0;        ///< the port, either of both; or the EtherType
    Protocol protocol{};             ///< by the width of the number: declared16 to declared64
    ByteOrder order = ByteOrder::big;
    std::uint16_t offset = 0;     ///< of the number
    std::uint16_t key_offset = 0; ///< of what tells streams apart
    std::uint8_t key_octets = 0;  ///< 0 to 4
    std::uint8_t ordinal = 0;     ///< among those of its width: 0 to 3

    std::size_t octets() const { return row_of(protocol).bits / 8u; }
};

/// Of one width so many can be declared: the identity has two bits to tell them apart.
inline constexpr std::size_t kMostDeclaredOfWidth = 4;

struct DeclaredCounters {
    std::array<DeclaredCounter, 16> row = {};
    std::size_t count = 0;
};
inline constexpr DeclaredCounters kNoneDeclared;

/// Whether lacuna reads what is behind this EtherType itself, so that no counter can be declared.
bool reads_ethertype(std::uint16_t type);

} // namespace lacuna::wire
