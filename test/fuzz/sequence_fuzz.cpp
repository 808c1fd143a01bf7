// Any bytes as traffic: tracker and naive model must agree.
#include "property/model_body.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto c = traffic::make_case({data, size});
    const std::string difference = model_body::compare(c, 1);
    if (!difference.empty()) {
        std::fputs(difference.c_str(), stderr);
        std::abort();
    }
    return 0;
}
