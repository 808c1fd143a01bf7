// The one translation unit that carries Catch2's main().
#define CATCH_CONFIG_MAIN
#include "catch.hpp"

#if __has_include(<catch2/catch_session.hpp>)
int main(int argc, char** argv) {
    return Catch::Session().run(argc, argv);
}
#endif
