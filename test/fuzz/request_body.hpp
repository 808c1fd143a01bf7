// The body of the requests' fuzz target, also run as a unit test over seeds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacuna::test {

/// Takes the octets for what a client sends and aborts if something that must hold does not: heads
/// are bounded, what is refused says why, an answer is JSON and an address that is none is refused.
void fuzz_request(const std::uint8_t* data, std::size_t size);

} // namespace lacuna::test
