// What must come out alike on every machine: random numbers, checksums, values of options, times.
#include "pcapgen/frames/checksum.hpp"
#include "pcapgen/options/values.hpp"
#include "pcapgen/pcap_writer.hpp"

#include "catch.hpp"

#include <algorithm>
#include <set>

using namespace lacuna::pcapgen;

TEST_CASE("pcapgen: SplitMix64 gives its published numbers", "[pcapgen]") {
    SplitMix64 rng(1234567);
    CHECK(rng.next() == 6457827717110365317u);
    CHECK(rng.next() == 3203168211198807973u);
    CHECK(rng.next() == 9817491932198370423u);
}

TEST_CASE("pcapgen: xoshiro256++ gives its published numbers", "[pcapgen]") {
    Prng rng(1, 2, 3, 4);
    CHECK(rng.next() == 41943041u);
    CHECK(rng.next() == 58720359u);
    CHECK(rng.next() == 3588806011781223u);
    CHECK(rng.next() == 3591011842654386u);
}

TEST_CASE("pcapgen: streams of one seed differ, and ranges keep their ends", "[pcapgen]") {
    CHECK(Prng(7, 1).next() != Prng(7, 2).next());
    Prng rng(7, 1);
    std::set<std::uint32_t> drawn;
    for (int i = 0; i < 200; ++i)
        drawn.insert(rng.in({3, 6}));
    CHECK(drawn == std::set<std::uint32_t>{3, 4, 5, 6});
    Prng never(7, 1);
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(never.happens(0));
        CHECK(never.happens(kAlways));
    }
}

TEST_CASE("pcapgen: permute hits every value once", "[pcapgen]") {
    for (const std::uint64_t key : {0u, 1u, 99u}) {
        std::vector<bool> hit(1u << 12);
        for (std::uint64_t x = 0; x < hit.size(); ++x)
            hit.at(permute(x, 12, key)) = true;
        CHECK(std::count(hit.begin(), hit.end(), true) == 1 << 12);
    }
}

TEST_CASE("pcapgen: the checksum of RFC 1071's example", "[pcapgen]") {
    const std::uint8_t words[] = {0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
    CHECK(sum_of(words, 8) == 0xDDF2);
    CHECK(checksum(0xDDF2) == 0x220D);
    CHECK(sum_of(words, 7) == 0xDCFB); // the last octet counts as F600
    CHECK(sum_of(words, 0) == 0);
    CHECK(udp_checksum(0xFFFF) == 0xFFFF); // 0 would mean "none"
    CHECK(fold(0xFFFFFFFFFFFFFFFFu) == 0xFFFF);
}

TEST_CASE("pcapgen: rates are read without floating point", "[pcapgen]") {
    struct Case {
        const char* text;
        Chance chance;
    };
    const Case good[] = {{"0", 0},
                         {"1", kAlways},
                         {"0.5", kAlways / 2},
                         {".25", kAlways / 4},
                         {"0.50000000000", kAlways / 2},
                         {"5e-1", kAlways / 2},
                         {"0.000000001", 4},
                         {"1e-9", 4},
                         {"1.", kAlways},
                         {"0.05", 214748365}};
    for (const Case& c : good) {
        INFO(c.text);
        auto chance = parse_chance(c.text, "--x");
        REQUIRE(chance);
        CHECK(*chance == c.chance);
    }
    for (const char* text : {"", ".", "-1", "1.1", "2", "x", "0.5x", "1e-10", "0.0000000001", "1e3",
                             "nan", "0x1", "99999999999999999999", "1e-", " 1"}) {
        INFO(text);
        auto chance = parse_chance(text, "--x");
        REQUIRE_FALSE(chance);
        CHECK(chance.error().exit_code == 2);
        CHECK(chance.error().where == "--x");
    }
}

TEST_CASE("pcapgen: ranges, sizes and lists", "[pcapgen]") {
    CHECK(*parse_range("5", "--x", {1, 9}) == Range{5, 5});
    CHECK(*parse_range("1-9", "--x", {1, 9}) == Range{1, 9});
    for (const char* text : {"", "-", "0", "10", "5-", "-5", "6-5", "1-10", "1-2-3", "a"})
        CHECK_FALSE(parse_range(text, "--x", {1, 9}));
    CHECK(parse_sizes("imix")->imix);
    CHECK(parse_sizes("64")->fixed());
    CHECK_FALSE(parse_sizes("64-65")->fixed());
    CHECK_FALSE(parse_sizes("59"));
    CHECK(*parse_list("0,63", "--x", 63) == std::vector<std::uint32_t>{0, 63});
    for (const char* text : {"", ",", "1,", "64", "a"})
        CHECK_FALSE(parse_list(text, "--x", 63));
}

TEST_CASE("pcapgen: times are even and lose nothing", "[pcapgen]") {
    Clock clock(3);
    const std::uint64_t expected[] = {0, 333333333, 666666666, 0};
    for (const std::uint64_t ns : expected) {
        CHECK(clock.nanoseconds() == ns);
        clock.advance();
    }
    Clock fast(1'000'000'000);
    for (int i = 0; i < 1000; ++i)
        fast.advance();
    CHECK(fast.nanoseconds() == 1000);
    Clock slow(1);
    slow.advance();
    CHECK(slow.seconds() == Clock::kStart + 1);
    CHECK(slow.now() == 1735689601'000000000);
}
