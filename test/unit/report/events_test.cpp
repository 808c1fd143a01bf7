// Restarts and rekeys in the report: what a person reads, and what a program does.
#include "catch.hpp"
#include "support/report_run.hpp"

using namespace lacuna;
using namespace lacuna::test;

namespace {

constexpr const char* kAn0 = "macsec-0200000000010001-0";
constexpr const char* kAn1 = "macsec-0200000000010001-1";
constexpr const char* kEsp = "esp-00001001-192.0.2.1";

/// AN 0 ends at 100, AN 1 begins at 1; an ESP SA restarts, and another's restart is undone.
std::vector<Numbered> traffic() {
    std::vector<Numbered> packets;
    append_run(packets, kAn0, 1, 100, 0);
    append_run(packets, kAn1, 1, 20, 1'000'000);
    append_run(packets, kEsp, 1, 50, 2'000'000);
    append_run(packets, kEsp, 1, 10, 3'000'000);
    append_run(packets, "esp-00001002-192.0.2.1", 1, 200, 4'000'000);
    append_run(packets, "esp-00001002-192.0.2.1", 1, 9, 5'000'000);     // replayed:
    append_run(packets, "esp-00001002-192.0.2.1", 201, 210, 6'000'000); // the sender goes on
    return packets;
}

} // namespace

TEST_CASE("events: named with the numbers on both sides", "[report]") {
    const Run run(traffic());
    const auto report = nlohmann::json::parse(run.json());
    CHECK(report["events_cut"] == false);
    const auto& events = report["events"];
    REQUIRE(events.size() == 2);
    CHECK(events[0]["kind"] == "rekey");
    CHECK(events[0]["flow_id"] == kAn1);
    CHECK(events[0]["old_an"] == 0);
    CHECK(events[0]["old_highest"] == 100);
    CHECK(events[0]["new_an"] == 1);
    CHECK(events[0]["new_first"] == 1);
    CHECK(events[0]["time"] == "2024-01-01T00:00:00.001000000Z");
    CHECK(events[1]["kind"] == "restart");
    CHECK(events[1]["flow_id"] == kEsp);
    CHECK(events[1]["old_highest"] == 50);
    CHECK(events[1]["new_first"] == 1);
    CHECK(events[1]["time"] == "2024-01-01T00:00:00.003000000Z");
    CHECK(report["totals"]["rekeys"] == 1);
    CHECK(report["totals"]["restarts"] == 1);
    CHECK(report["rekeys"][0]["sci"] == "0200000000010001");
    CHECK(report["rekeys"][0]["count"] == 1);
}

TEST_CASE("events: the table tells them in words", "[report]") {
    const std::string table = Run(traffic()).table();
    CHECK(table.find("rekey: AN 0 ended at 100, AN 1 begins at 1") != std::string::npos);
    CHECK(table.find("restart: ended at 50, begins again at 1") != std::string::npos);
    std::vector<Numbered> quiet;
    append_run(quiet, kEsp, 1, 10, 0);
    CHECK(Run(quiet).table().find("restarts, rekeys and warnings") == std::string::npos);
}

TEST_CASE("events: spread over workers they are the same", "[report]") {
    const auto one = nlohmann::json::parse(Run(traffic(), 1).json())["events"];
    const auto four = nlohmann::json::parse(Run(traffic(), 4).json())["events"];
    CHECK(one == four);
}
