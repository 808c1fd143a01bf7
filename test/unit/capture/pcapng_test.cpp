// pcapng captures: sections, interfaces, the three packet blocks, time, cuts.
#include "capture/formats/pcapng_clock.hpp"
#include "catch.hpp"
#include "support/read_capture.hpp"
#include "wire/frame_source.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

namespace {

std::vector<Whole> read_all_ways(const Bytes& file) {
    return {read_memory(file), read_memory(file, 1), read_file(file), read_blocks(file),
            read_pipe(file, 13)};
}

} // namespace

TEST_CASE("pcapng: packet blocks in both byte orders", "[capture]") {
    for (const Order order : {Order::little, Order::big}) {
        CAPTURE(order_name(order));
        const Pcapng g{order};
        const Bytes file = g.section(g.option(4, payload(9))) + g.block(0x0BAD, payload(20))
                           + g.interface(1, g.option(2, payload(5)))
                           + g.enhanced(3'000'000'000'000'001, payload(61, 1), 900)
                           + g.block(5, payload(40)) + g.simple(payload(33, 2))
                           + g.obsolete(7, payload(10, 3)) + g.enhanced(8, payload(0), 0);
        for (const Whole& w : read_all_ways(file)) {
            REQUIRE(w.error.empty());
            REQUIRE(w.frames.size() == 4);
            CHECK(w.frames[0]
                  == Kept{payload(61, 1), 900, 3'000'000'000'000'001'000, LinkType::ethernet, 0});
            // A simple packet has no time: that of the packet before stands in.
            CHECK(w.frames[1] == Kept{payload(33, 2), 33, w.frames[0].time, LinkType::ethernet, 0});
            CHECK(w.frames[2] == Kept{payload(10, 3), 10, 7000, LinkType::ethernet, 0});
            CHECK(w.frames[3].octets.empty());
            CHECK_FALSE(w.end.truncated);
            CHECK(w.position == file.size());
            CHECK(w.info.format == capture::Format::pcapng);
            CHECK_FALSE(w.info.nanoseconds);
            CHECK_FALSE(w.info.mixed_links);
        }
    }
}

TEST_CASE("pcapng: several sections, each in its own order", "[capture]") {
    const Pcapng little{Order::little};
    const Pcapng big{Order::big};
    const Bytes file = little.section() + little.interface(1) + little.enhanced(1, payload(20, 1))
                       + big.section() + big.interface(101) + big.interface(113)
                       + big.enhanced(2, payload(20, 2), -1, 1) + big.enhanced(3, payload(20, 3))
                       + little.section() + little.interface(276)
                       + little.enhanced(4, payload(20, 4));
    for (const Whole& w : read_all_ways(file)) {
        REQUIRE(w.frames.size() == 4);
        CHECK(w.frames[0].link == LinkType::ethernet);
        CHECK(w.frames[1]
              == Kept{payload(20, 2), 20, 2000, LinkType::linux_sll, wire::frame_source(0, 1)});
        CHECK(w.frames[2].link == LinkType::raw_ip);
        CHECK(w.frames[3].link == LinkType::linux_sll2);
        CHECK(w.info.mixed_links);
        CHECK_FALSE(w.end.truncated);
    }
}

TEST_CASE("pcapng: an interface that cannot be decoded beside one that can", "[capture]") {
    const Pcapng g;
    const Bytes file = g.section() + g.interface(1) + g.interface(189)
                       + g.enhanced(1, payload(9), -1, 1) + g.enhanced(2, payload(9));
    const Whole w = read_memory(file);
    REQUIRE(w.frames.size() == 2);
    CHECK(w.frames[0].link == LinkType::unsupported);
    CHECK(w.frames[1].link == LinkType::ethernet);
    CHECK(w.info.link == LinkType::ethernet);
    CHECK(w.info.mixed_links);

    const Whole refused = read_memory(g.section() + g.interface(189) + g.interface(1));
    CHECK(refused.error.find("unsupported link type 189 (USB)") != std::string::npos);
}

TEST_CASE("pcapng: clocks", "[capture]") {
    constexpr std::uint64_t kTop = 0xFFFFFFFFFFFFFFFF;
    const struct {
        const char* name;
        std::uint8_t resolution;
        std::int64_t offset;
        std::uint64_t ticks;
        TimeNs ns;
        bool fine;
    } cases[] = {
        {"microseconds", 6, 0, 1'700'000'000'123'456, 1'700'000'000'123'456'000, false},
        {"nanoseconds", 9, 0, 1'700'000'000'123'456'789, 1'700'000'000'123'456'789, true},
        {"milliseconds", 3, 0, 5, 5'000'000, false},
        {"seconds", 0, 0, 5, 5'000'000'000, false},
        {"picoseconds", 12, 0, 1'999, 1, true},
        {"10^-28: the last with a nanosecond", 28, 0, kTop, 1, true},
        {"10^-29", 29, 0, kTop, 0, true},
        {"10^-127", 127, 0, kTop, 0, true},
        {"2^-0", 0x80, 0, 7, 7'000'000'000, false},
        {"2^-1", 0x81, 0, 3, 1'500'000'000, false},
        {"2^-10", 0x8A, 0, 1025, 1'000'976'562, false},
        {"2^-19", 0x93, 0, 1, 1907, false},
        {"2^-20", 0x94, 0, 1, 953, true},
        {"2^-32, as NTP", 0xA0, 0, 0x6553F100'80000000, 1'700'000'000'500'000'000, true},
        {"2^-63", 0xBF, 0, kTop, 1'999'999'999, true},
        {"2^-64", 0xC0, 0, kTop, 999'999'999, true},
        {"2^-93: the last with a nanosecond", 0xDD, 0, kTop, 1, true},
        {"2^-127", 0xFF, 0, kTop, 0, true},
        {"offset", 6, 10, 1, 10'000'001'000, false},
        {"offset alone", 6, 10, 0, 10'000'000'000, false},
        {"negative offset", 9, -3, 1, -2'999'999'999, true},
        {"offset of a binary clock", 0x81, 1, 1, 1'500'000'000, false},
        {"beyond what fits", 6, 0, kTop, capture::kLatest, false},
        {"the last that fits", 6, 0, 4'611'686'018'427'387, 4'611'686'018'427'387'000, false},
        {"the first that does not", 6, 0, 4'611'686'018'427'388, capture::kLatest, false},
        {"offset beyond what fits", 6, INT64_MAX, 0, capture::kLatest, false},
        {"negative offset beyond what fits", 6, INT64_MIN, 0, capture::kEarliest, false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        const capture::Clock clock(c.resolution, c.offset);
        CHECK(clock.to_ns(c.ticks) == c.ns);
        CHECK(clock.fine() == c.fine);
        for (const Order order : {Order::little, Order::big}) {
            const Pcapng g{order};
            Bytes options = g.resolution(c.resolution);
            if (c.offset != 0) options = options + g.offset(c.offset);
            const Whole w = read_memory(g.section() + g.interface(1, options)
                                        + g.enhanced(c.ticks, payload(4)));
            REQUIRE(w.frames.size() == 1);
            CHECK(w.frames[0].time == c.ns);
            CHECK(w.info.nanoseconds == c.fine);
        }
    }
    CHECK(capture::Clock().to_ns(5) == 5000);
}

TEST_CASE("pcapng: FCS of the interface and of the packet", "[capture]") {
    const Pcapng g;
    const struct {
        const char* name;
        Bytes interface, packet;
        std::size_t captured;
        std::int64_t original;
        std::uint32_t caplen, wirelen;
    } cases[] = {
        {"none", {}, {}, 64, 64, 64, 64},
        {"interface", g.fcs_bits(32), {}, 64, 64, 60, 60},
        {"packet", {}, g.fcs_flags(4), 64, 64, 60, 60},
        {"packet against interface", g.fcs_bits(32), g.fcs_flags(2), 64, 64, 62, 62},
        {"packet does not tell", g.fcs_bits(16), g.fcs_flags(0), 64, 64, 62, 62},
        {"flags behind a comment", {}, g.option(1, payload(7)) + g.fcs_flags(4), 64, 64, 60, 60},
        {"snapped inside it", g.fcs_bits(32), {}, 62, 64, 60, 60},
        {"snapped before it", g.fcs_bits(32), {}, 40, 64, 40, 60},
        {"flags behind the end of options", {}, g.option(0, {}) + g.fcs_flags(4), 64, 64, 64, 64},
        {"damaged options", {}, be(0x0200FFFF, 4) + g.fcs_flags(4), 64, 64, 64, 64},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        const Whole w = read_memory(g.section() + g.interface(1, c.interface)
                                    + g.enhanced(1, payload(c.captured), c.original, 0, c.packet));
        REQUIRE(w.frames.size() == 1);
        CHECK(w.frames[0].octets.size() == c.caplen);
        CHECK(w.frames[0].wirelen == c.wirelen);
    }
    const Whole obsolete =
        read_memory(g.section() + g.interface() + g.obsolete(1, payload(64), 0, g.fcs_flags(4)));
    REQUIRE(obsolete.frames.size() == 1);
    CHECK(obsolete.frames[0].wirelen == 60);
}

TEST_CASE("pcapng: captured length of a simple packet", "[capture]") {
    const Pcapng g;
    const struct {
        const char* name;
        std::uint32_t snaplen;
        std::size_t data;
        std::int64_t original;
        std::uint32_t caplen, wirelen;
    } cases[] = {
        {"whole", 0, 61, 61, 61, 61},
        {"cut by the snap length", 40, 40, 61, 40, 61},
        {"snap length not reached", 100, 61, 61, 61, 61},
        {"cut, with the snap length untold", 0, 40, 61, 40, 61},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        const Whole w = read_memory(g.section() + g.interface(1, {}, c.snaplen)
                                    + g.simple(payload(c.data), c.original));
        REQUIRE(w.frames.size() == 1);
        CHECK(w.frames[0].octets == payload(c.caplen));
        CHECK(w.frames[0].wirelen == c.wirelen);
    }
}

TEST_CASE("pcapng: cut at every offset", "[capture]") {
    for (const Order order : {Order::little, Order::big}) {
        const Pcapng g{order};
        const Bytes blocks[] = {g.section(),
                                g.interface(1, g.resolution(9)),
                                g.enhanced(1, payload(13, 1)),
                                g.block(0x0BAD, payload(24)),
                                g.simple(payload(7, 2)),
                                g.section(),
                                g.interface(101),
                                g.obsolete(3, payload(21, 3))};
        const std::vector<std::size_t> frames_after{0, 0, 0, 1, 1, 2, 2, 2, 3};
        Bytes file;
        std::vector<std::size_t> ends{0};
        for (const Bytes& b : blocks) {
            file = file + b;
            ends.push_back(file.size());
        }
        const Whole all = read_memory(file);
        REQUIRE(all.frames.size() == 3);
        for (std::size_t cut = ends[1]; cut <= file.size(); ++cut) {
            CAPTURE(order_name(order), cut);
            const Bytes piece(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(cut));
            std::size_t whole = 0;
            while (whole + 1 < ends.size() && ends[whole + 1] <= cut)
                ++whole;
            for (const Whole& w : {read_memory(piece), read_file(piece, 1), read_blocks(piece, 1),
                                   read_pipe(piece, 5)}) {
                REQUIRE(w.error.empty());
                CHECK(w.frames
                      == std::vector<Kept>(all.frames.begin(),
                                           all.frames.begin()
                                               + static_cast<std::ptrdiff_t>(frames_after[whole])));
                CHECK(w.end.truncated == (ends[whole] != cut));
                CHECK(w.end.offset == ends[whole]);
            }
        }
    }
}

TEST_CASE("pcapng: a block that cannot be ends the capture", "[capture]") {
    const Pcapng g;
    const Order o = g.order;
    const auto raw = [&](std::uint32_t type, std::uint32_t length, const Bytes& rest) {
        return number(o, type, 4) + number(o, length, 4) + rest;
    };
    const Bytes tail = octets(400, 0);
    Bytes other_end = g.enhanced(2, payload(16));
    other_end[other_end.size() - 4] ^= 4;
    Bytes other_end_unknown = g.block(0x0BAD, payload(16));
    other_end_unknown[other_end_unknown.size() - 4] ^= 4;
    const struct {
        const char* name;
        Bytes block;
        const char* reason;
    } cases[] = {
        {"length 0", raw(6, 0, tail), "block of impossible length"},
        {"length 8", raw(6, 8, tail), "block of impossible length"},
        {"length no multiple of four", raw(0x0BAD, 13, tail), "block of impossible length"},
        {"huge packet block", raw(6, 0xFFFFFFFC, tail), "block of impossible length"},
        {"huge unknown block", raw(0x0BAD, 0xFFFFFFFC, tail), "block cut"},
        {"two lengths", other_end + tail, "block whose two lengths differ"},
        {"two lengths, unknown", other_end_unknown + tail, "block whose two lengths differ"},
        {"enhanced, too short", g.block(6, payload(16)), "block too short for its type"},
        {"simple, too short", g.block(3, {}), "block too short for its type"},
        {"interface, too short", g.block(1, payload(4)), "block too short for its type"},
        {"packet longer than its block",
         g.block(6, octets(12, 0) + number(o, 17, 4) + number(o, 17, 4) + payload(16)),
         "packet of impossible length"},
        {"packet longer than possible", g.enhanced(0, payload(capture::kMaxCaptured + 1)),
         "packet of impossible length"},
        {"no such interface", g.enhanced(0, payload(8), -1, 1),
         "packet of an undescribed interface"},
        {"interface of another section", g.section() + g.enhanced(0, payload(8)),
         "packet of an undescribed interface"},
        {"section of unknown order", g.block(0x0A0D0D0A, payload(16)),
         "section of unknown byte order"},
        {"section too short", raw(0x0A0D0D0A, 20, number(o, 0x1A2B3C4D, 4) + tail),
         "section header of impossible length"},
    };
    const Bytes good = g.section() + g.interface(1) + g.enhanced(1, payload(60));
    for (const auto& c : cases) {
        CAPTURE(c.name);
        for (const Whole& w : read_all_ways(good + c.block + g.enhanced(9, payload(60)))) {
            REQUIRE(w.error.empty());
            CHECK(w.frames.size() == 1);
            CHECK(w.end.truncated);
            CHECK(w.end.reason == c.reason);
            CHECK(w.end.offset >= good.size());
        }
    }
}

TEST_CASE("pcapng: nothing in it", "[capture]") {
    const Pcapng g;
    for (const Bytes& file : {g.section(), g.section() + g.interface(1),
                              g.section() + g.block(0x0BAD, payload(8)) + g.section()}) {
        for (const Whole& w : read_all_ways(file)) {
            CHECK(w.error.empty());
            CHECK(w.frames.empty());
            CHECK_FALSE(w.end.truncated);
        }
    }
}

TEST_CASE("pcapng: blocks larger than the windows", "[capture]") {
    const Pcapng g{Order::big};
    Bytes file = g.section() + g.interface(1);
    for (unsigned i = 0; i < 3; ++i)
        file = file + g.block(0x0BAD, Bytes(5'000'000, 1)) + g.enhanced(i, payload(100, i))
               + g.block(0x0BAD, payload(4));
    file = file + g.block(0x0BAD, Bytes(17u << 20, 2)) + g.enhanced(3, payload(100, 3));
    const Whole memory = read_memory(file);
    CHECK(memory.frames.size() == 4);
    for (const Whole& w : {read_file(file), read_blocks(file), read_pipe(file)}) {
        CHECK(w.frames == memory.frames);
        CHECK_FALSE(w.end.truncated);
    }
}
