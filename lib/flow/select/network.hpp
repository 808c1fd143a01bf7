// Addresses and networks, as people write them.
#pragma once

#include "wire/observation.hpp"

#include <cstdint>
#include <string_view>

namespace lacuna::flow {

/// Reads an address of IPv4 or IPv6, or a MAC address (family none), with `/LENGTH` a network of so
/// many bits. False: it is none of them.
bool parse_network(std::string_view text, wire::Family& family, std::uint8_t (&octets)[16],
                   unsigned& bits);

/// Whether the first `bits` of two addresses are the same.
bool same_bits(const std::uint8_t* a, const std::uint8_t* b, unsigned bits);

} // namespace lacuna::flow
