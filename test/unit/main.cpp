// The one translation unit that carries Catch2's main().
#define CATCH_CONFIG_MAIN
#include "catch.hpp"

#include <cstdlib>

namespace {
/// Text for people has local times: here, and everywhere the same.
[[maybe_unused]] const int kZone = setenv("TZ", "UTC0", 1);
} // namespace

#if __has_include(<catch2/catch_session.hpp>)
int main(int argc, char** argv) {
    return Catch::Session().run(argc, argv);
}
#endif
