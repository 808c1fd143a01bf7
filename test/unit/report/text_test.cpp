// Numbers and times as people read them.
#include "base/time_text.hpp"
#include "catch.hpp"
#include "report/text/clock.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"

#include <cstdlib>
#include <ctime>
#include <limits>

using namespace lacuna;
using namespace lacuna::report;

TEST_CASE("rfc3339: every time there is") {
    const struct {
        TimeNs time;
        const char* text;
    } table[] = {
        {0, "1970-01-01T00:00:00.000000000Z"},
        {1, "1970-01-01T00:00:00.000000001Z"},
        {999'999'999, "1970-01-01T00:00:00.999999999Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {-1'000'000'000, "1969-12-31T23:59:59.000000000Z"},
        {-1'000'000'001, "1969-12-31T23:59:58.999999999Z"},
        {951'782'400'000'000'000, "2000-02-29T00:00:00.000000000Z"},
        {1'709'164'800'000'000'000, "2024-02-29T00:00:00.000000000Z"},
        {1'709'251'200'000'000'000, "2024-03-01T00:00:00.000000000Z"},
        {1'483'228'799'999'999'999,
         "2016-12-31T23:59:59.999999999Z"}, // a leap second is not Unix time
        {1'483'228'800'000'000'000, "2017-01-01T00:00:00.000000000Z"},
        {2'147'483'648'000'000'000, "2038-01-19T03:14:08.000000000Z"},
        {4'107'542'400'000'000'000, "2100-03-01T00:00:00.000000000Z"}, // 2100 is no leap year
        {std::numeric_limits<TimeNs>::max(), "2262-04-11T23:47:16.854775807Z"},
        {std::numeric_limits<TimeNs>::min(), "1677-09-21T00:12:43.145224192Z"},
    };
    for (const auto& row : table) {
        CAPTURE(row.time);
        CHECK(rfc3339(row.time) == row.text);
        CHECK(parse_time(row.text) == row.time);
    }
}

TEST_CASE("parse_time: what people and programs write") {
    constexpr TimeNs kNoon = 1'706'702'400'000'000'000; // 2024-01-31T12:00:00Z
    const struct {
        const char* text;
        std::optional<TimeNs> time;
    } table[] = {
        {"2024-01-31T12:00:00Z", kNoon},
        {"2024-01-31t12:00:00z", kNoon},
        {"2024-01-31 12:00:00Z", kNoon},
        {"2024-01-31T14:30:00+02:30", kNoon},
        {"2024-01-31T07:00:00-05:00", kNoon},
        {"2024-01-31T12:00:00.5Z", kNoon + 500'000'000},
        {"2024-01-31T12:00:00.0000000019999Z", kNoon + 1},
        {"1706702400", kNoon},
        {"1706702400.25", kNoon + 250'000'000},
        {"-1.5", -1'500'000'000},
        {"0", 0},
        {"", {}},
        {"now", {}},
        {"-", {}},
        {"1.", {}},
        {"12:00", {}},
        {"2024-01-31", {}},
        {"2024-02-30T00:00:00Z", {}},
        {"2024-13-01T00:00:00Z", {}},
        {"2024-01-31T24:00:00Z", {}},
        {"2024-01-31T12:00:00", {}}, // which zone?
        {"2024-01-31T12:00:00.Z", {}},
        {"2024-01-31T12:00:00+0200", {}},
        {"2024-01-31T12:00:00Zz", {}},
        {"9999-01-01T00:00:00Z", {}}, // no TimeNs
        {"9223372037", {}},
        {"99999999999999999999", {}},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        CHECK(parse_time(row.text) == row.time);
    }
}

TEST_CASE("grouped: thousands") {
    const struct {
        std::uint64_t number;
        const char* text;
    } table[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {12345, "12,345"},
                 {999'999, "999,999"},
                 {1'000'000, "1,000,000"},
                 {std::numeric_limits<std::uint64_t>::max(), "18,446,744,073,709,551,615"}};
    for (const auto& row : table)
        CHECK(grouped(row.number) == row.text);
}

TEST_CASE("short_number: three digits and a unit") {
    const struct {
        double number;
        const char* text;
    } table[] = {{0, "0"},           {9999, "9999"},     {9999.4, "9999"},   {9999.6, "10.0 k"},
                 {12'345, "12.3 k"}, {123'456, "123 k"}, {999'499, "999 k"}, {999'500, "1.00 M"},
                 {1.5e6, "1.50 M"},  {7.44e9, "7.44 G"}, {2e12, "2.00 T"},   {99'960, "100 k"},
                 {2e15, "2000 T"}};
    for (const auto& row : table) {
        CAPTURE(row.number);
        CHECK(short_number(row.number) == row.text);
    }
}

TEST_CASE("counted: one gap, two gaps") {
    CHECK(counted(0, "gap") == "0 gaps");
    CHECK(counted(1, "gap") == "1 gap");
    CHECK(counted(2, "gap") == "2 gaps");
    CHECK(counted(1'000'001, "packet") == "1,000,001 packets");
}

TEST_CASE("duration_text: the two largest units") {
    const struct {
        double seconds;
        const char* text;
    } table[] = {{0, "0.000 s"},          {0.0996, "0.100 s"}, {59.9, "59.900 s"},
                 {59.9996, "1 min 0 s"},  {60, "1 min 0 s"},   {119.9, "1 min 59 s"},
                 {3599, "59 min 59 s"},   {3600, "1 h 0 min"}, {48'809, "13 h 33 min"},
                 {86'399, "23 h 59 min"}, {86'400, "1 d 0 h"}, {1e9, "11,574 d 1 h"}};
    for (const auto& row : table) {
        CAPTURE(row.seconds);
        CHECK(duration_text(row.seconds) == row.text);
    }
}

TEST_CASE("percent_number: never nothing for what is something, never all for what is less") {
    const struct {
        double share;
        const char* text;
    } table[] = {{0, "0"},
                 {-0.0, "0"},
                 {1e-9, "<0.0001"},
                 {0.0000012, "0.00012"},
                 {0.000994, "0.099"},
                 {0.000996, "0.10"},
                 {0.0257, "2.57"},
                 {0.0999, "9.99"},
                 {0.105531, "10.6"},
                 {0.99951, ">99.9"},
                 {1, "100.0"}};
    for (const auto& row : table) {
        CAPTURE(row.share);
        CHECK(percent_number(row.share) == row.text);
    }
}

TEST_CASE("local_time: the zone is named, and every time there is has one") {
    constexpr TimeNs kSummer = 1'719'835'200'000'000'000; // 2024-07-01T12:00:00Z
    constexpr TimeNs kMinute = 60'000'000'000;
    const struct {
        const char* zone;
        const char* time;
        const char* span;
    } table[] = {
        {"UTC0", "2024-07-01 12:00:00.000000 UTC", "2024-07-01 12:00:00 to 12:05:00 UTC"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2024-07-01 14:00:00.000000 CEST",
         "2024-07-01 14:00:00 to 14:05:00 CEST"},
        {"<+0545>-5:45", "2024-07-01 17:45:00.000000 UTC+0545",
         "2024-07-01 17:45:00 to 17:50:00 UTC+0545"},
        {"XYZ12", "2024-07-01 00:00:00.000000 XYZ", "2024-07-01 00:00:00 to 00:05:00 XYZ"},
    };
    for (const auto& row : table) {
        setenv("TZ", row.zone, 1);
        tzset();
        CHECK(local_time(kSummer) == row.time);
        CHECK(local_span(kSummer, kSummer + 5 * kMinute) == row.span);
    }
    setenv("TZ", "UTC0", 1);
    tzset();
    CHECK(local_span(0, 1500) == "1970-01-01 00:00:00.000000 to 00:00:00.000001 UTC");
    CHECK(local_span(0, kMinute / 60 * 2) == "1970-01-01 00:00:00.000 to 00:00:02.000 UTC");
    CHECK(local_span(0, 1441 * kMinute) == "1970-01-01 00:00:00 to 1970-01-02 00:01:00 UTC");
    CHECK(local_time(-1, 9) == "1969-12-31 23:59:59.999999999 UTC");
    CHECK(local_span(std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max())
          == "1677-09-21 00:12:43 to 2262-04-11 23:47:16 UTC");
}

TEST_CASE("screen: columns are counted as they are seen") {
    CHECK(width_of("a → b") == 5);
    CHECK(padded("→", 3) == "→  ");
    CHECK(aligned_right("→", 3) == "  →");
    CHECK(padded("long", 2) == "long");
    CHECK(wrapped("one two three", 7) == "one two\nthree");
    CHECK(wrapped("one two three", 7, 2) == "one two\n  three");
    CHECK(wrapped("a-very-long-word b", 5, 1) == "a-very-long-word\n b");
    CHECK(wrapped("", 5).empty());
    CHECK(painted("x", Tone::bad, {80, false}) == "x");
    CHECK(painted("x", Tone::bad, {80, true}) == "\033[31mx\033[0m");
}
