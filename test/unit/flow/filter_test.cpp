// Filters: what they match, and where their text is wrong.
#include "catch.hpp"
#include "flow/select/filter.hpp"
#include "support/store_samples.hpp"

using namespace lacuna;
using namespace lacuna::test;

namespace {

flow::SaSummary summary(const char* id, std::uint64_t received, std::uint64_t lost) {
    flow::SaSummary s{};
    s.id = s.source = sa(id);
    s.received = received;
    s.lost = lost;
    s.last_time = 1'735'732'800'000'000'000; // 2025-01-01T12:00:00Z
    return s;
}

bool matches(const char* text, const flow::SaSummary& s) {
    const auto filter = flow::Filter::parse(text);
    CAPTURE(text);
    REQUIRE(filter);
    return filter->matches(s);
}

} // namespace

TEST_CASE("filter: terms", "[flow]") {
    flow::SaSummary esp = summary("esp-000000a1-198.51.100.7", 95, 5);
    const std::uint8_t from[] = {10, 1, 2, 3};
    std::memcpy(esp.source.key.addr + 4, from, sizeof from);
    esp.inside = static_cast<std::uint64_t>(wire::Encapsulation::vxlan);
    esp.interleaved = 1;
    esp.vlan = wire::kTagged | 10;
    esp.port = 1;
    flow::SaSummary six = summary("ah-00000100-2001:db8::7", 10, 0);
    flow::SaSummary macsec = summary("macsec-0200000000010001-3", 7, 1);
    macsec.vlan = wire::kTagged; // of VLAN 0
    const struct {
        const char* text;
        bool esp, six, macsec;
    } cases[] = {
        {"", true, true, true},
        {"  ", true, true, true},
        {"proto esp", true, false, false},
        {"not proto esp", false, true, true},
        {"proto wireguard", false, false, false},
        {"host 198.51.100.7", true, false, false},
        {"host 10.1.0.0/16", true, false, false},
        {"src 10.1.2.3", true, false, false},
        {"dst 10.1.2.3", false, false, false},
        {"dst 198.51.96.0/20", true, false, false},
        {"dst 198.51.96.0/22", false, false, false},
        {"dst 0.0.0.0/0", true, false, false},
        {"host 2001:db8::/32", false, true, false},
        {"dst 2001:db8::7", false, true, false},
        {"host 02:00:00:00:00:01", false, false, true},
        {"spi 0xa1", true, false, false},
        {"spi A1", true, false, false},
        {"spi a1 or spi 100", true, true, false},
        {"sci 0200000000010001", false, false, true},
        {"an 3", false, false, true},
        {"inside vxlan", true, false, false},
        {"vlan 10", true, false, false},
        {"vlan", true, false, true},
        {"not vlan", false, true, false},
        {"vlan 0", false, false, true},
        {"vlan < 11", true, false, true},
        {"vlan != 10 or port 1", true, false, true},
        {"vlan and port 0", false, false, true},
        {"port >= 1", true, false, false},
        {"interleaved", true, false, false},
        {"not interleaved", false, true, true},
        {"interleaved = 0", false, true, true},
        {"lost > 0", true, false, true},
        {"lost>=5", true, false, false},
        {"lost != 5", false, true, true},
        {"lost = 0", false, true, false},
        {"lost == 1", false, false, true},
        {"received < 10", false, false, true},
        {"received <= 10", false, true, true},
        {"received > 0.05k", true, false, false},
        {"loss_ratio >= 5%", true, false, true},
        {"loss_ratio > 4.9% and loss_ratio < 5.1%", true, false, false},
        {"last_time >= 2025-01-01T12:00:00Z", true, true, true},
        {"last_time > 2025-01-01T13:00:00+01:00", false, false, false},
        {"proto esp and (host 10.1.0.0/16 or spi 0xff) and lost > 0 and not sci_assumed", true,
         false, false},
        // `not` binds before `and`, `and` before `or`.
        {"proto ah or proto esp and lost = 0", false, true, false},
        {"(proto ah or proto esp) and lost = 0", false, true, false},
        {"not proto ah and lost > 0", true, false, true},
        {"not (proto ah and lost > 0)", true, true, true},
        {"not not proto ah", false, true, false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        CHECK(matches(c.text, esp) == c.esp);
        CHECK(matches(c.text, six) == c.six);
        CHECK(matches(c.text, macsec) == c.macsec);
    }
}

TEST_CASE("filter: numbers of 64 bits are compared exactly", "[flow]") {
    flow::SaSummary s = summary("esp-000000a1-198.51.100.7", 0, 0);
    s.bytes = ~std::uint64_t{0};
    CHECK(matches("bytes = 18446744073709551615", s));
    CHECK_FALSE(matches("bytes = 18446744073709551614", s));
    s.first_ext = -5;
    CHECK(matches("first_ext < 0", s));
    CHECK(matches("first_ext = -5", s));
}

TEST_CASE("filter: errors name the column", "[flow]") {
    const struct {
        const char* text;
        const char* words;
    } cases[] = {
        {"proto", "filter, column 6: a value is missing behind proto"},
        {"proto tcp", "filter, column 7: \"tcp\" is no protocol lacuna counts"},
        {"host 1.2.3", "filter, column 6: \"1.2.3\" is no address or network"},
        {"host 1.2.3.4/33", "filter, column 6: \"1.2.3.4/33\" is no address or network"},
        {"spi 123456789", "filter, column 5: \"123456789\" is no SPI"},
        {"an 4", "filter, column 4: \"4\" is no association number"},
        {"inside me", "filter, column 8: \"me\" is no encapsulation"},
        {"vlan ten", "filter, column 6: \"ten\" is no value of vlan"},
        {"vlan = ", "filter, column 8: a value is missing"},
        {"port", "filter, column 5: a value is missing behind port"},
        {"losst > 0", "filter, column 1: unknown: \"losst\""},
        {"loss_periods > 0", "filter, column 1: unknown: \"loss_periods\""},
        {"lost", "filter, column 5: a comparison is missing behind lost"},
        {"lost >", "filter, column 7: a value is missing"},
        {"lost =< 3", "filter, column 6: unknown comparison \"=<\""},
        {"lost > x", "filter, column 8: \"x\" is no value of lost"},
        {"lost > 5%", "filter, column 8: \"5%\" is no value of lost"},
        {"lost > nan", "filter, column 8: \"nan\" is no value of lost"},
        {"last_time > 5k", "filter, column 13: \"5k\" is no value of last_time"},
        {"proto esp lost > 0", "filter, column 11: \"and\" or \"or\" is missing before \"lost\""},
        {"proto esp and", "filter, column 14: a term is missing"},
        {"and proto esp", "filter, column 1: a term is missing"},
        {"(proto esp", "filter, column 11: \")\" is missing"},
        {"proto esp)", "filter, column 10: \"and\" or \"or\" is missing before \")\""},
        {"()", "filter, column 2: a term is missing"},
        {"not", "filter, column 4: a term is missing"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const auto filter = flow::Filter::parse(c.text);
        REQUIRE_FALSE(filter);
        CAPTURE(filter.error().text());
        CHECK(filter.error().exit_code == 2);
        CHECK(filter.error().text().starts_with(c.words));
    }
    std::string deep(1000, '(');
    CHECK_FALSE(flow::Filter::parse(deep));
    std::string nots;
    std::string long_one = "lost > 0";
    for (int i = 0; i < 2000; ++i) {
        nots += "not ";
        long_one += " and lost > 0";
    }
    CHECK_FALSE(flow::Filter::parse(nots + "proto esp"));
    CHECK_FALSE(flow::Filter::parse(long_one));
}
