// Which arguments EAL is started with: the user's, and defaults for what they leave open.
#include "catch.hpp"
#include "port/eal.hpp"

#include <algorithm>

using lacuna::port::eal_arguments;
using lacuna::port::EalOptions;

namespace {

/// The arguments as one line, without program name and file prefix, which is the process id's.
std::string line(std::vector<std::string> user, std::uint32_t lcores, std::vector<unsigned> cpus,
                 std::uint64_t free_mb) {
    EalOptions options;
    options.user = std::move(user);
    options.lcores = lcores;
    std::string out;
    for (const std::string& a : eal_arguments(options, cpus, free_mb))
        if (a != "lacuna" && !a.starts_with("--file-prefix=lacuna-")) out += a + " ";
    if (!out.empty()) out.pop_back();
    return out;
}

} // namespace

TEST_CASE("EAL defaults", "[port][eal]") {
    const std::string rest = " --no-pci --no-telemetry --log-level=error";
    const std::string plain = " --no-huge --no-shconf -m 512";
    CHECK(line({}, 1, {0, 1}, 0) == "--lcores (0-1)@(0,1)" + plain + rest);
    CHECK(line({}, 5, {0, 1}, 0) == "--lcores (0-5)@(0,1)" + plain + rest);
    CHECK(line({}, 3, {0, 2, 4, 6}, 0) == "--lcores 0@(0,2,4,6),1@0,2@2,3@4" + plain + rest);
    CHECK(line({}, 4, {0, 1, 2, 3}, 0) == "--lcores 0@(0,1,2,3),1@0,2@1,3@2,4@3" + plain + rest);
    CHECK(line({}, 1, {0}, 511) == "--lcores (0-1)@(0)" + plain + rest);
    CHECK(line({}, 1, {0}, 512) == "--lcores (0-1)@(0) --in-memory" + rest);
}

TEST_CASE("a run says how much memory it wants", "[port][eal]") {
    EalOptions options;
    options.megabytes = 1024;
    const auto has = [&options](std::uint64_t free_mb, const std::string& argument) {
        const auto all = eal_arguments(options, {0}, free_mb);
        return std::find(all.begin(), all.end(), argument) != all.end();
    };
    CHECK(has(1023, "1024"));
    CHECK(has(1023, "--no-huge"));
    CHECK(has(1024, "--in-memory"));
}

TEST_CASE("the user's EAL arguments win over defaults, topic by topic", "[port][eal]") {
    struct Case {
        const char* name;
        std::vector<std::string> user;
        const char* absent; ///< default that must not be added
    };
    const Case cases[] = {
        {"core list", {"-l", "0-3"}, "--lcores ("},
        {"core list, joined", {"-l0-3"}, "--lcores ("},
        {"core map", {"--lcores=0-2"}, "--lcores ("},
        {"megabytes", {"-m", "100"}, "-m 512"},
        {"no hugepages", {"--no-huge"}, "-m 512"},
        {"socket memory", {"--socket-mem=64"}, "--no-huge"},
        {"in memory", {"--in-memory"}, "--no-huge"},
        {"a PCI device", {"-a", "0000:01:00.0"}, "--no-pci"},
        {"telemetry", {"--telemetry"}, "--no-telemetry"},
        {"log level", {"--log-level=debug"}, "--log-level=error"},
    };
    for (const Case& c : cases) {
        DYNAMIC_SECTION(c.name) {
            std::string given;
            for (const std::string& a : c.user)
                given += " " + a;
            const std::string all = line(c.user, 1, {0, 1}, 0);
            CHECK(all.ends_with(given));
            CHECK(all.find(c.absent) == std::string::npos);
        }
    }
    SECTION("an option that only begins alike is another one") {
        const std::string all = line({"--main-lcore=1"}, 1, {0, 1}, 0);
        CHECK(all.starts_with("--lcores (0-1)@(0,1) --no-huge"));
    }
    SECTION("their own file prefix") {
        EalOptions options;
        options.user = {"--file-prefix=mine"};
        std::size_t prefixes = 0;
        for (const std::string& a : eal_arguments(options, {0}, 0))
            prefixes += a.starts_with("--file-prefix") ? 1 : 0;
        CHECK(prefixes == 1);
    }
}

TEST_CASE("a driver that would loop is refused, and the line says why", "[port][eal]") {
    CHECK(lacuna::port::refuse_looping({}));
    CHECK(lacuna::port::refuse_looping({"--vdev=net_pcap0,rx_pcap=a.pcap"}));
    CHECK(lacuna::port::refuse_looping({"--vdev", "net_pcap0,rx_pcap=a.pcap,infinite_rx=0"}));
    CHECK(lacuna::port::refuse_looping({"--vdev=net_pcap0,infinite_rx=0,rx_pcap=a.pcap"}));
    for (const char* argument :
         {"net_pcap0,rx_pcap=a.pcap,infinite_rx=1", "--vdev=net_pcap0,infinite_rx=1,rx_pcap=a.pcap",
          "net_pcap0,infinite_rx=0,infinite_rx=10", "net_pcap0,infinite_rx=yes"}) {
        CAPTURE(argument);
        const lacuna::Status s = lacuna::port::refuse_looping({"-l", "0", argument});
        REQUIRE_FALSE(s);
        CHECK(s.error().exit_code == 2);
        CHECK(s.error().where == argument);
        CHECK(s.error().what.find("again and again") != std::string::npos);
    }
}
