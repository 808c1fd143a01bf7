// libFuzzer target: arbitrary octets as keys and values of the store.
#include "fuzz/records_body.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lacuna::test::fuzz_records(data, size);
    return 0;
}
