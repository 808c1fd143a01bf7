// What a request may choose: members, names, SAs, and the page that asks.
#include "api/routes.hpp"
#include "catch.hpp"
#include "support/ask_service.hpp"
#include "wire/text/sa_text.hpp"

using namespace lacuna;
using namespace lacuna::api;
using namespace lacuna::test;

TEST_CASE("api: fields leaves the members that were named, and nothing else changes", "[api]") {
    const json whole = ask("/api/v1/flows").body;
    const json some = ask("/api/v1/flows?fields=late,flow_id").body;
    REQUIRE(some["flows"].size() == whole["flows"].size());
    CHECK(some["count"] == whole["count"]);
    for (std::size_t i = 0; i < whole["flows"].size(); ++i)
        CHECK(some["flows"][i]
              == json{{"flow_id", whole["flows"][i]["flow_id"]},
                      {"late", whole["flows"][i]["late"]}});
    CHECK(ask("/api/v1/flows?fields=flow_id&limit=1&offset=1000").body["flows"].empty());
    const json by_report = ask("/api/v1/flows?names=report&fields=id,replay_window").body;
    CHECK(by_report["flows"][0].size() == 2);
    CHECK(by_report["flows"][0]["replay_window"]["dropped_at"].is_object());
    for (const char* list : {"gaps?fields=gap_size", "late?fields=extent", "tunnels?fields=id",
                             "events?fields=kind", "runs?fields=run,input"}) {
        CAPTURE(list);
        const Asked asked = ask("/api/v1/" + std::string(list));
        REQUIRE(asked.reply.status == 200);
        for (const auto& [name, member] : asked.body.items())
            for (std::size_t i = 0; member.is_array() && i < member.size(); ++i)
                CHECK((member[i].size() == 1 || name == "runs"));
    }
    for (const char* wrong :
         {"flows?fields=colour", "flows?fields=", "flows?fields=id",
          "flows?names=report&fields=flow_id", "gaps?fields=flow_id,,blind", "flows?names=mine"}) {
        CAPTURE(wrong);
        CHECK(ask("/api/v1/" + std::string(wrong)).reply.status == 400);
    }
}

TEST_CASE("api: names=report has the names of the report", "[api]") {
    const json one = ask("/api/v1/flows?names=report").body["flows"][0];
    const std::string id = one["id"];
    CHECK(ask("/api/v1/flows/" + id).body["report"] == one);
    CHECK(ask("/api/v1/flows/" + id + "?names=report").body["flows"][0] == one);
    CHECK(ask("/api/v1/flows/" + id + "?names=report&since=0").body["flows"][0]["id"] == id);
    const json gap = ask("/api/v1/gaps?names=report").body["gaps"][0];
    const json old = ask("/api/v1/gaps").body["gaps"][0];
    CHECK(gap["first_missing"] == old["expected_sequence"]);
    CHECK(gap["next"] == old["received_sequence"]);
    CHECK(gap["size"] == old["gap_size"]);
    const json summary = ask("/api/v1/stats/summary?names=report").body;
    CHECK(summary["totals"]["lost"] == ask("/api/v1/stats/summary").body["total_lost_packets"]);
    CHECK(ask("/api/v1/stats/summary?names=report&since=0").body["run"].is_null());
    const json point = ask("/api/v1/timeline?names=report").body["points"][0];
    CHECK(point["received"] == ask("/api/v1/timeline").body["points"][0]["packets_received"]);
}

TEST_CASE("api: lists are narrowed by a filter, tunnels sorted by a field", "[api]") {
    CHECK(ask("/api/v1/tunnels?filter=received+<+0").body["count"] == 0);
    const json tunnels = ask("/api/v1/tunnels?sort=received").body["tunnels"];
    REQUIRE(tunnels.size() > 1);
    for (std::size_t i = 1; i < tunnels.size(); ++i)
        CHECK(tunnels[i - 1]["received"] >= tunnels[i]["received"]);
    for (const char* wrong :
         {"tunnels?sort=first_time", "tunnels?sort=colour", "tunnels?filter=colour",
          "gaps?filter=lost", "late?filter=(", "events?filter=and"}) {
        CAPTURE(wrong);
        const Asked asked = ask("/api/v1/" + std::string(wrong));
        CHECK(asked.reply.status == 400);
        CHECK(asked.body["parameter"].is_string());
    }
}

TEST_CASE("api: pages of named origins may read replies, others may not", "[api]") {
    FixedBackend backend;
    const std::string token = "0123456789abcdef";
    auto origins = Origins::parse("https://Grafana.example:3000, http://[::1]:8080");
    REQUIRE(origins);
    Service service(backend, token, {}, *origins);
    const auto ask_from = [&](const char* origin, const char* method, bool with_token) {
        Request r;
        r.method = method;
        r.target = "/api/v1/flows";
        r.origin = origin;
        if (r.method == "OPTIONS") r.access_control_request_method = "GET";
        if (with_token) r.authorization = "Bearer " + token;
        Asked asked{service.answer(r), {}};
        return asked;
    };
    constexpr const char* kGood = "https://grafana.example:3000";
    constexpr const char* kAllow = "Access-Control-Allow-Origin";
    const Asked preflight = ask_from(kGood, "OPTIONS", false);
    CHECK(preflight.reply.status == 204);
    CHECK(preflight.reply.body.empty());
    CHECK(preflight.field(kAllow) == kGood);
    CHECK(preflight.field("Access-Control-Allow-Headers").find("Authorization")
          != std::string::npos);
    CHECK(ask_from(kGood, "GET", true).reply.status == 200);
    CHECK(ask_from(kGood, "GET", true).field(kAllow) == kGood);
    // That it may not ask is readable, too.
    CHECK(ask_from(kGood, "GET", false).reply.status == 401);
    CHECK(ask_from(kGood, "GET", false).field(kAllow) == kGood);
    for (const char* other : {"https://grafana.example", "http://grafana.example:3000", "null", "",
                              "https://evil.example"}) {
        CAPTURE(other);
        CHECK(ask_from(other, "GET", true).field(kAllow).empty());
        CHECK(ask_from(other, "GET", true).reply.status == 200);
        CHECK(ask_from(other, "OPTIONS", true).reply.status == 405);
    }
    for (const char* wrong : {"*", "grafana.example", "https://a.example/", "https://",
                              "https://a.example,", "https://a b", "://a"}) {
        CAPTURE(wrong);
        CHECK_FALSE(Origins::parse(wrong));
    }
}
