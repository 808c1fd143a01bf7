// libFuzzer target: arbitrary octets as requests to the REST server.
#include "fuzz/request_body.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lacuna::test::fuzz_request(data, size);
    return 0;
}
