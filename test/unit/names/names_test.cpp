// Names for end points, channels, SPIs and tunnels.
#include "catch.hpp"
#include "flow/select/terms.hpp"
#include "names/names.hpp"
#include "wire/text/sa_text.hpp"

#include <cstring>

using namespace lacuna;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr const char* kFile = R"(
[endpoints]
"192.0.2.1" = "paris"
"192.0.2.0/24" = "france"
"2001:DB8::1" = "berlin"
"02:00:00:00:00:02" = "edge"
[sci]
"0200000000010001" = "uplink"
[spi]
"0xc0de" = "backup"
"c0de-198.51.100.9" = "head office"
[tunnels]
"198.51.100.7~192.0.2.9" = "lease"
)";

/// An SA with that id that came from `source`.
flow::SaSummary sa(const char* id, const char* source = "") {
    flow::SaSummary s{};
    s.id = wire::sa_parse(id).value();
    s.source = s.id;
    if (*source != '\0') s.source = wire::sa_parse(std::string(id) + "-" + source).value();
    return s;
}

std::string error_of(const char* text) {
    const auto names = names::Names::parse(text, "names.toml");
    return names ? "none" : names.error().text();
}

} // namespace

TEST_CASE("names: an SA has its own, else those of its ends") {
    const auto names = names::Names::parse(kFile, "names.toml");
    REQUIRE(names);
    const struct {
        flow::SaSummary s;
        const char* name;
    } table[] = {
        {sa("macsec-0200000000010001-2"), "uplink"},
        {sa("macsec-0200000000020001-0"), "edge"},
        {sa("macsec-0200000000030001-0"), ""},
        {sa("esp-0000c0de-192.0.2.1", "192.0.2.9"), "backup"},
        {sa("esp-0000c0de-198.51.100.9", "192.0.2.9"), "head office"},
        {sa("esp-00000001-192.0.2.1", "192.0.2.9"), "france → paris"},
        {sa("esp-00000001-203.0.113.5", "192.0.2.1"), "paris → 203.0.113.5"},
        {sa("esp-00000001-203.0.113.5", "203.0.113.6"), ""},
        {sa("ah-00000001-2001:db8::1", "2001:db8::2"), "2001:db8::2 → berlin"},
        {sa("esp-00000001-192.0.2.1"), "paris"},
    };
    for (const auto& row : table) {
        CAPTURE(wire::sa_text(row.s.id));
        CHECK(names->of(row.s) == row.name);
    }
    CHECK(names->of_tunnel("192.0.2.9~198.51.100.7", "192.0.2.9", "198.51.100.7") == "lease");
    CHECK(names->of_tunnel("192.0.2.1~203.0.113.5", "192.0.2.1", "203.0.113.5")
          == "paris ~ 203.0.113.5");
    CHECK(names->of_tunnel("203.0.113.4~203.0.113.5", "203.0.113.4", "203.0.113.5").empty());
    CHECK(names->of_tunnel("macsec-0200000000010001", "02:00:00:00:00:01/1", "") == "uplink");
}

TEST_CASE("names: terms of a filter") {
    const auto names = names::Names::parse(kFile, "names.toml");
    REQUIRE(names);
    const auto selects = [&names](const char* text, const flow::SaSummary& s) {
        const auto filter =
            flow::parse_filter(text, [&names](std::string_view term, const std::string& name) {
                return names->meaning(term, name);
            });
        REQUIRE(filter);
        return filter->matches(s);
    };
    const flow::SaSummary there = sa("esp-00000001-192.0.2.9", "198.51.100.7");
    const flow::SaSummary back = sa("esp-00000002-198.51.100.7", "192.0.2.9");
    const flow::SaSummary other = sa("esp-00000002-198.51.100.8", "192.0.2.9");
    for (const char* text : {"tunnel lease", "tunnel 192.0.2.9~198.51.100.7",
                             "tunnel 198.51.100.7~192.0.2.9", "name lease"}) {
        CAPTURE(text);
        CHECK(selects(text, there));
        CHECK(selects(text, back));
        CHECK_FALSE(selects(text, other));
    }
    CHECK(selects("name paris", sa("esp-00000001-192.0.2.1", "203.0.113.6")));
    CHECK(selects("name france", sa("esp-00000001-192.0.2.77", "203.0.113.6")));
    CHECK_FALSE(selects("name paris", other));
    CHECK(
        selects("name \"head office\" and lost = 0", sa("esp-0000c0de-198.51.100.9", "192.0.2.9")));
    CHECK_FALSE(selects("name \"head office\"", sa("esp-0000c0de-198.51.100.8", "192.0.2.9")));
    CHECK(selects("not name paris and (tunnel lease or name backup)", there));
    CHECK(selects("name uplink", sa("macsec-0200000000010001-2")));
    CHECK(selects("tunnel macsec-0200000000010001", sa("macsec-0200000000010001-2")));
}

TEST_CASE("names: an error of a filter points at the word, not at what it stands for") {
    const auto names = names::Names::parse(kFile, "names.toml");
    REQUIRE(names);
    const flow::Meaning meaning = [&names](std::string_view term, const std::string& name) {
        return names->meaning(term, name);
    };
    const struct {
        const char* text;
        const char* error;
    } table[] = {
        {"lost > 0 and name rome", "filter, column 19: nothing has the name \"rome\""},
        {"name", "filter, column 5: a value is missing behind name"},
        {"name paris lost > 0", "filter, column 12: \"and\" or \"or\" is missing before \"lost\""},
        {"tunnel paris", "filter, column 8: nothing has the name \"paris\""},
    };
    for (const auto& row : table) {
        const auto filter = flow::parse_filter(row.text, meaning);
        REQUIRE_FALSE(filter);
        CHECK_THAT(filter.error().text(), ContainsSubstring(row.error));
    }
    const auto without = flow::Filter::parse("name paris");
    REQUIRE_FALSE(without);
    CHECK_THAT(without.error().text(), ContainsSubstring("--names FILE"));
}

TEST_CASE("names: what is wrong with a file is said with its line") {
    const struct {
        const char* text;
        const char* error;
    } table[] = {
        {"[endpoints]\n\"192.0.2.300\" = \"x\"\n",
         "names.toml:2:17: \"192.0.2.300\" is no address"},
        {"[sci]\n\"12345678901234567\" = \"x\"\n", "is no SCI"},
        {"[spi]\nxyz = \"x\"\n", "\"xyz\" is no SPI"},
        {"[spi]\n\"c0de-\" = \"x\"\n", "is no SPI"},
        {"[tunnels]\n\"192.0.2.1\" = \"x\"\n", "is no tunnel"},
        {"[tunnels]\n\"macsec-\" = \"x\"\n", "is no tunnel"},
        {"[hosts]\na = \"x\"\n", "unknown table \"hosts\""},
        {"endpoints = 3\n", "endpoints is no table"},
        {"[endpoints]\n\"192.0.2.1\" = 7\n", "the name of \"192.0.2.1\" is none"},
        {"[endpoints]\n\"192.0.2.1\" = \"\"\n", "is none"},
        {"[endpoints]\n\"192.0.2.1\" = \"a\\nb\"\n", "is none"},
        {"[endpoints\n", "names.toml:1:"},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        CHECK_THAT(error_of(row.text), ContainsSubstring(row.error));
    }
    CHECK(error_of("") == "none");
    CHECK_THAT(names::Names::load("/no/such/file").error().text(),
               ContainsSubstring("/no/such/file: No such file"));
    CHECK_FALSE(names::Names::load("/")); // a directory
}
