// The body of the stored records' fuzz target, also run as a unit test over seeds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacuna::test {

/// Takes the octets for keys and values of the store's records and aborts if something that must
/// hold does not: what is read writes and reads back the same, and is bounded by what was there.
void fuzz_records(const std::uint8_t* data, std::size_t size);

} // namespace lacuna::test
