// Addresses and parameters of requests: what is taken, and what is refused.
#include "api/parameters.hpp"
#include "api/routes.hpp"
#include "catch.hpp"

using namespace lacuna;
using namespace lacuna::api;

TEST_CASE("api: percent-encoding is undone strictly", "[api]") {
    const struct {
        const char* text;
        const char* decoded; ///< null: refused
    } table[] = {
        {"", ""},
        {"abc", "abc"},
        {"a%20b", "a b"},
        {"2001%3adb8%3A%3a1", "2001:db8::1"},
        {"2001:db8::1", "2001:db8::1"},
        {"%e2%82%ac", "\xE2\x82\xAC"},
        {"%f0%9f%98%80", "\xF0\x9F\x98\x80"},
        {"%2525", "%25"}, // once, not again
        {"a+b", "a+b"},
        {"%", nullptr},
        {"%2", nullptr},
        {"a%2", nullptr},
        {"%zz", nullptr},
        {"%u0041", nullptr},
        {"%00", nullptr},
        {"%0a", nullptr},
        {"%7f", nullptr},
        {"%ff", nullptr},
        {"%c0%af", nullptr},       // '/' in too many octets
        {"%e0%80%af", nullptr},    // and in more
        {"%ed%a0%80", nullptr},    // a surrogate
        {"%f4%90%80%80", nullptr}, // above U+10FFFF
        {"%e2%82", nullptr},       // cut
        {"%80", nullptr},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        const auto decoded = decode_component(row.text, false);
        CHECK(static_cast<bool>(decoded) == (row.decoded != nullptr));
        if (decoded && row.decoded != nullptr) CHECK(*decoded == row.decoded);
        if (!decoded) CHECK(decoded.error().status == 400);
    }
    CHECK(*decode_component("a+b", true) == "a b");
}

TEST_CASE("api: paths find their routes, and nothing else does", "[api]") {
    const struct {
        const char* path;
        const char* route; ///< null: none
        const char* id;
    } table[] = {
        {"/health", "/health", ""},
        {"/api/v1/flows", "/api/v1/flows", ""},
        {"/api/v1/flows/esp-00000100-2001:db8::1", "/api/v1/flows/{id}",
         "esp-00000100-2001:db8::1"},
        {"/api/v1/flows/esp-00000100-2001%3Adb8%3a%3A1", "/api/v1/flows/{id}",
         "esp-00000100-2001:db8::1"},
        {"/api/v1/flows/x/gaps", "/api/v1/flows/{id}/gaps", "x"},
        {"/api/v1/flows/a%2Fb", "/api/v1/flows/{id}", "a/b"}, // a slash that is none
        {"/api/v1/flows/", "/api/v1/flows/{id}", ""},         // no id is the id of nothing
        {"/", nullptr, ""},
        {"/healthy", nullptr, ""},
        {"/health/", nullptr, ""},
        {"//health", nullptr, ""},
        {"/Health", nullptr, ""},
        {"/api", nullptr, ""},
        {"/api/v1/flows/x/gaps/y", nullptr, ""},
        {"/api/v1/../v1/flows", nullptr, ""},
        {"/api/v1/flows/../../../etc/passwd", nullptr, ""},
    };
    for (const auto& row : table) {
        CAPTURE(row.path);
        const auto segments = split_path(row.path);
        REQUIRE(segments);
        std::string id;
        const Route* route = find_route(*segments, id);
        CHECK((route != nullptr) == (row.route != nullptr));
        if (route == nullptr || row.route == nullptr) continue;
        CHECK(std::string(route->path) == row.route);
        CHECK(id == row.id);
    }
    CHECK_FALSE(split_path(""));
    CHECK_FALSE(split_path("health"));
    CHECK_FALSE(split_path("*"));
}

TEST_CASE("api: parameters are checked against what a route takes", "[api]") {
    using Kind = Parameter::Kind;
    const Parameter known[] = {
        {"limit", Kind::integer, "", 1, 1000},
        {"offset", Kind::integer, ""},
        {"rate", Kind::amount, ""},
        {"since", Kind::time, ""},
        {"by", Kind::word, "", 0, 0, "lost|late"},
        {"after", Kind::text, ""},
    };
    const struct {
        const char* query;
        const char* wrong; ///< null: fine; else the parameter at fault
    } table[] = {
        {"", nullptr},
        {"limit=1", nullptr},
        {"limit=1000&offset=9223372036854775807", nullptr},
        {"&limit=5&&", nullptr},
        {"rate=0.5&since=2026-01-31T12:00:00Z&by=lost&after=a%40b", nullptr},
        {"since=1700000000.5", nullptr},
        {"limit=0", "limit"},
        {"limit=1001", "limit"},
        {"limit=-1", "limit"},
        {"limit=+1", "limit"},
        {"limit=1e2", "limit"},
        {"limit=0x10", "limit"},
        {"limit=", "limit"},
        {"limit", "limit"},
        {"limit=99999999999999999999999", "limit"},
        {"limit=1%202", "limit"},
        {"limit=1&limit=1", "limit"},
        {"offset=-1", "offset"},
        {"offset=9223372036854775808", "offset"},
        {"rate=-0.1", "rate"},
        {"rate=nan", "rate"},
        {"rate=inf", "rate"},
        {"rate=1e999", "rate"},
        {"since=yesterday", "since"},
        {"by=lo", "by"},
        {"by=lost|late", "by"},
        {"by=", "by"},
        {"after=", "after"},
        {"after=%ff", "after"},
        {"Limit=1", "Limit"},
        {"unknown=1", "unknown"},
        {"=1", ""},
        {"%6Cimit=0", "limit"}, // an encoded name is the name
    };
    for (const auto& row : table) {
        CAPTURE(row.query);
        const auto parsed = Parameters::parse(row.query, known);
        CHECK(static_cast<bool>(parsed) == (row.wrong == nullptr));
        if (parsed) continue;
        CHECK(parsed.error().status == 400);
        CHECK_FALSE(parsed.error().detail.empty());
        if (row.wrong != nullptr) CHECK(parsed.error().parameter == row.wrong);
    }
    const auto parsed = Parameters::parse("limit=7&rate=2.5&since=1&after=x+y", known);
    REQUIRE(parsed);
    CHECK(parsed->integer("limit") == 7);
    CHECK_FALSE(parsed->integer("offset"));
    CHECK(parsed->amount("rate") == 2.5);
    CHECK(parsed->time("since") == 1'000'000'000);
    REQUIRE(parsed->text("after") != nullptr);
    CHECK(*parsed->text("after") == "x y");
}
