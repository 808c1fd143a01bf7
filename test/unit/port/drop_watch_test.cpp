// When a port's counters are looked at.
#include "catch.hpp"
#include "port/live/losses/drop_watch.hpp"

using lacuna::port::look_cost;

TEST_CASE("what a look costs is what cheap looks cost", "[port]") {
    CHECK(look_cost(0, 5000) == 5000);
    CHECK(look_cost(5000, 4000) == 4000);
    CHECK(look_cost(4000, 4100) == 4100);

    SECTION("a look during which the thread lost its CPU changes little") {
        CHECK(look_cost(4000, 40'000'000) == 4501);
    }
    SECTION("looks that stay slow are believed") {
        std::uint64_t cost = 4000;
        for (int i = 0; i < 40; ++i)
            cost = look_cost(cost, 200'000);
        CHECK(cost == 200'000);
    }
}
