// libFuzzer target: arbitrary octets as a frame of any link type.
#include "fuzz/decode_body.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lacuna::test::fuzz_decode(data, size);
    return 0;
}
