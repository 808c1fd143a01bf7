// One seed's share of a long run of the model property: random traffic through the tracker and the
// naive model. scripts/property-long runs many.
// usage: property-long SEED PACKETS [crowded]
// The last line of what it prints is "packets N"; exit status 1 if a case differs, which it prints,
// shrunk.
#include "property/model_body.hpp"
#include "property/random_case.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4 || (argc == 4 && std::strcmp(argv[3], "crowded") != 0)) {
        std::fprintf(stderr, "usage: property-long SEED PACKETS [crowded]\n");
        return 2;
    }
    const auto seed = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 0));
    const std::size_t wanted = std::strtoull(argv[2], nullptr, 0);
    traffic::RandomCases cases(seed, argc == 4);
    std::size_t packets = 0;
    int status = 0;
    while (packets < wanted && status == 0) {
        const traffic::RandomCase next = cases.next();
        packets += next.traffic.steps.size();
        if (model_body::compare(next.traffic, next.burst_seed).empty()) continue;
        std::printf("seed %u, shrunk to\n%s\n", seed,
                    model_body::shrink(next.traffic, next.burst_seed).c_str());
        status = 1;
    }
    std::printf("packets %zu\n", packets);
    return status;
}
