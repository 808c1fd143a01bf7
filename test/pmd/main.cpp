// Tests that need EAL: started once, in ordinary memory, with more lcores than a machine may have
// CPUs, which is what the stages must be able to live with.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"
#include "port/eal.hpp"

#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#endif

#include <cstdio>

int main(int argc, char** argv) {
    lacuna::port::EalOptions options;
    options.lcores = 10;
    options.user = {"--no-huge", "--no-shconf", "-m", "256"};
    const auto eal = lacuna::port::Eal::start(options);
    if (!eal) {
        std::fprintf(stderr, "%s\n", eal.error().text().c_str());
        return 1;
    }
    return Catch::Session().run(argc, argv);
}
