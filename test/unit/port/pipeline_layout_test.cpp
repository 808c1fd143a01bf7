// What --layout accepts, what it refuses and why.
#include "catch.hpp"
#include "pipeline/layout/layout.hpp"

using namespace lacuna::pipeline;
using namespace lacuna::pipeline;

TEST_CASE("layouts that are understood", "[pipeline][layout]") {
    struct Case {
        const char* text;
        std::uint32_t cpus;
        const char* means;
        std::uint32_t lcores;
        std::uint32_t trackers;
        std::uint32_t decoders;
    };
    const Case cases[] = {
        {"rtc", 8, "rtc:1", 1, 1, 1},
        {"rtc:1", 8, "rtc:1", 1, 1, 1},
        {"rtc:32", 2, "rtc:32", 32, 32, 32},
        {"pipeline", 2, "pipeline:rx=1,parse=1,work=1", 3, 1, 1},
        {"pipeline:rx=1,parse=2,work=3", 2, "pipeline:rx=1,parse=2,work=3", 6, 3, 2},
        {"pipeline:work=3,parse=2", 2, "pipeline:rx=1,parse=2,work=3", 6, 3, 2},
        {"pipeline:parse=32,work=32", 2, "pipeline:rx=1,parse=32,work=32", 65, 32, 32},
        {"auto", 1, "rtc:1", 1, 1, 1},
        {"auto", 3, "rtc:1", 1, 1, 1},
        {"auto", 4, "pipeline:rx=1,parse=1,work=2", 4, 2, 1},
        {"auto", 128, "pipeline:rx=1,parse=1,work=2", 4, 2, 1},
    };
    for (const Case& c : cases) {
        DYNAMIC_SECTION(c.text << " on " << c.cpus << " CPUs") {
            const auto layout = parse_layout(c.text, c.cpus);
            REQUIRE(layout);
            CHECK(layout->text() == c.means);
            CHECK(layout->lcores() == c.lcores);
            CHECK(layout->trackers() == c.trackers);
            CHECK(layout->decoders() == c.decoders);
            CHECK(layout->reason.empty() == (std::string(c.text) != "auto"));
            const auto again = parse_layout(layout->text(), c.cpus);
            REQUIRE(again);
            CHECK(*again == *layout);
        }
    }
}

TEST_CASE("layouts that are refused, with the reason", "[pipeline][layout]") {
    struct Case {
        const char* text;
        const char* says;
    };
    const Case cases[] = {
        {"", "no such layout"},
        {"fast", "no such layout"},
        {"Auto", "no such layout"},
        {"auto:2", "no such layout"},
        {"rtc:", "nothing follows the colon"},
        {"rtc:0", "rtc=0 is not in 1..32"},
        {"rtc:33", "rtc=33 is not in 1..32"},
        {"rtc:-1", "'-1' is not a number"},
        {"rtc:1x", "'1x' is not a number"},
        {"rtc: 1", "' 1' is not a number"},
        {"rtc:99999999999999999999", "is not in 1..32"},
        {"pipeline:", "nothing follows the colon"},
        {"pipeline:rx=2", "only one lcore may receive"},
        {"pipeline:rx=2,parse=2,work=2", "only one lcore may receive"},
        {"pipeline:rx=0", "rx=0 is not in 1..32"},
        {"pipeline:parse=0", "parse=0 is not in 1..32"},
        {"pipeline:work=0", "work=0 is not in 1..32"},
        {"pipeline:work=4294967296", "is not in 1..32"},
        {"pipeline:work=", "'' is not a number"},
        {"pipeline:work", "'work' has no value"},
        {"pipeline:works=2", "unknown key 'works'"},
        {"pipeline:=2", "unknown key ''"},
        {"pipeline:parse=1,parse=2", "'parse' is given twice"},
        {"pipeline:parse=1,", "ends with a comma"},
        {"pipeline:,parse=1", "unknown key ''"},
        {"pipeline:parse=1;work=2", "'1;work=2' is not a number"},
    };
    for (const Case& c : cases) {
        DYNAMIC_SECTION("'" << c.text << "'") {
            const auto layout = parse_layout(c.text, 4);
            REQUIRE_FALSE(layout);
            CHECK(layout.error().exit_code == 2);
            CHECK(layout.error().what.find(c.says) != std::string::npos);
            CHECK(layout.error().where == "--layout " + std::string(c.text));
            CHECK_FALSE(layout.error().hint.empty());
        }
    }
}

TEST_CASE("auto goes by the CPUs and by what feeds the pipeline", "[pipeline][layout]") {
    struct Case {
        std::uint32_t cpus;
        Feed feed;
        const char* layout;
        const char* reason; ///< what it must name
    };
    const Case cases[] = {
        {1, Feed::net_pcap, "rtc:1", "1 CPU:"},
        {3, Feed::net_pcap, "rtc:1", "too few"},
        {3, Feed::memory, "rtc:1", "too few"},
        {4, Feed::net_pcap, "pipeline:rx=1,parse=1,work=1", "net_pcap"},
        {4, Feed::memory, "pipeline:rx=1,parse=1,work=2", "4 CPUs"},
        {4, Feed::port, "pipeline:rx=1,parse=1,work=2", "two track"},
        {64, Feed::net_pcap, "pipeline:rx=1,parse=1,work=1", "64 CPUs"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.cpus, static_cast<int>(c.feed));
        const auto layout = parse_layout("auto", c.cpus, c.feed);
        REQUIRE(layout);
        CHECK(layout->text() == c.layout);
        CHECK(layout->reason.find(c.reason) != std::string::npos);
        CHECK(*parse_layout("rtc:1", c.cpus, c.feed) == Layout{});
    }
}
