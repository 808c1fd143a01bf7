// The body of the capture readers' fuzz target, also run as a unit test over seeds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacuna::test {

/// Reads the octets as a capture and aborts if something that must hold does not: each frame lies
/// within them, behind the one before; the size of bursts changes nothing.
void fuzz_capture(const std::uint8_t* data, std::size_t size);

} // namespace lacuna::test
