// The body of the decoder's fuzz target, also run as a unit test over seeds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacuna::test {

/// Takes the first octet for the link type and the rest for a frame, decodes it and its prefixes,
/// and aborts if something that must hold does not: each frame counted once, observations whole,
/// the burst and the general way agree.
void fuzz_decode(const std::uint8_t* data, std::size_t size);

} // namespace lacuna::test
