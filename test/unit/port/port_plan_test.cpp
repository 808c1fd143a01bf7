// What a port asks for, and what its buffers are counted by: by driver, without any NIC.
#include "catch.hpp"
#include "port/live/driver_traits.hpp"
#include "port/live/port_plan.hpp"

using namespace lacuna::port;

TEST_CASE("drivers are known by the beginning of their names", "[port]") {
    struct Row {
        const char* driver;
        int rings;
        bool confesses;
        bool rule_spreads;
        bool shared;
    };
    const Row rows[] = {
        {"net_vmxnet3", 2, true, false, false},
        {"net_virtio", 1, false, false, false},
        {"net_virtio_user", 1, false, false, false},
        {"net_e1000_igb", 1, true, false, false},
        {"net_e1000_igb_vf", 1, false, false, false},
        {"net_e1000_em", 1, true, false, false},
        {"net_ixgbe", 1, true, false, false},
        {"net_ixgbe_vf", 1, false, false, false},
        {"net_ice", 1, true, true, false},
        {"mlx5_pci", 1, true, true, true},
        {"net_nobody_knows", 1, true, false, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.driver);
        const DriverTraits& t = traits_of(row.driver);
        CHECK(t.rings == row.rings);
        CHECK(t.confesses == row.confesses);
        CHECK(t.rule_spreads == row.rule_spreads);
        CHECK(t.shared == row.shared);
    }
}

TEST_CASE("a NIC is asked for frames that MACsec and ESP make of 1,500 octets", "[port]") {
    const DriverTraits& usual = traits_of("net_e1000_em");
    CHECK(wished_mtu(usual, {16'110, 16'128}, 0) == kWishedMtu);
    CHECK(wished_mtu(usual, {0, 0}, 0) == kWishedMtu);
    CHECK(wished_mtu(usual, {1500, 1518}, 0) == 1500);
    CHECK(wished_mtu(usual, {0, 1618}, 0) == 1600);
    CHECK(kWishedMtu >= kLeastMtu);
    CHECK(kLeastMtu + 14 >= 1600);
    SECTION("what is configured stands, so that a refusal is told") {
        CHECK(wished_mtu(usual, {1500, 1518}, 9000) == 9000);
    }
    SECTION("an interface that the kernel shares stays as it is") {
        CHECK(wished_mtu(traits_of("mlx5_pci"), {9978, 9996}, 0) == 0);
        CHECK(wished_mtu(traits_of("mlx5_pci"), {9978, 9996}, 9000) == 9000);
    }
    CHECK(longest_mtu({9000, 0}) == 9000);
    CHECK(longest_mtu({0, 9018}) == 9000);
    CHECK(longest_mtu({0, 0}) == 65'535);
    CHECK(longest_mtu({UINT32_MAX, 0}) == 65'535);
}

TEST_CASE("a pool holds what the rings take, and what is under way", "[port]") {
    const PoolNeeds one{4096, 1, 1500, 1000, 0};
    const PoolNeeds two{2 * 4096, 1, 1500, 1000, 0};
    CHECK(plan_pool(two).count == plan_pool(one).count + 4096);
    CHECK(plan_pool(two).limit == plan_pool(one).limit);
    CHECK(plan_pool(one).limit == 1000);
    CHECK(plan_pool(one).least <= plan_pool(one).count);

    SECTION("long frames fill several buffers") {
        const PoolNeeds jumbo{4096, 1, 9000, 1000, 0};
        CHECK(plan_pool(jumbo).limit == 5000);
    }
    SECTION("a pool that was asked for is taken as it is, or is too small") {
        const PoolNeeds small{4096, 1, 1500, 1000, 1024};
        CHECK(plan_pool(small).count == 1024);
        CHECK(plan_pool(small).count < plan_pool(small).least);
        CHECK(plan_pool(small).limit == 0);
        PoolNeeds enough = small;
        enough.configured = static_cast<std::uint32_t>(plan_pool(small).least);
        CHECK(plan_pool(enough).limit >= 2 * lacuna::wire::kRxBurst);
    }
    SECTION("a driver that takes more than was thought leaves less") {
        const PoolPlan plan = plan_pool(one);
        CHECK(after_start(plan, one, 4096).limit == 1000);
        CHECK(after_start(plan, one, 256).limit == 1000);
        CHECK(after_start(plan, one, 4596).limit == 500);
        CHECK(after_start(plan, one, 8192).limit == 0);
        CHECK(after_start(plan, one, 8192).least == plan.least + 4096);
    }
}
