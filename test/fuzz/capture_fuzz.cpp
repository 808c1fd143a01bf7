// libFuzzer target: arbitrary octets as a capture file.
#include "fuzz/capture_body.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lacuna::test::fuzz_capture(data, size);
    return 0;
}
