// Classic captures: byte orders, resolutions, FCS bits, lengths, cuts.
#include "catch.hpp"
#include "support/read_capture.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

namespace {

constexpr std::uint32_t fcs_bits(unsigned words) {
    return words << 28 | 0x04000000u;
}

} // namespace

TEST_CASE("pcap: byte orders and resolutions", "[capture]") {
    for (const Order order : {Order::little, Order::big}) {
        for (const bool nano : {false, true}) {
            CAPTURE(order_name(order), nano);
            const Pcap p{order, nano};
            const Bytes file = p.header() + p.record(1, 2, payload(60, 1))
                               + p.record(0xFFFFFFFF, 999999, payload(0, 2))
                               + p.record(0, 0, payload(1, 3), 1500);
            for (const Whole& w : {read_memory(file), read_memory(file, 1), read_file(file),
                                   read_blocks(file), read_pipe(file, 7)}) {
                REQUIRE(w.error.empty());
                REQUIRE(w.frames.size() == 3);
                const TimeNs unit = nano ? 1 : 1000;
                CHECK(w.frames[0]
                      == Kept{payload(60, 1), 60, 1'000'000'000 + 2 * unit, LinkType::ethernet, 0});
                CHECK(w.frames[1].time == 4'294'967'295'000'000'000 + 999999 * unit);
                CHECK(w.frames[1].octets.empty());
                CHECK(w.frames[2] == Kept{payload(1, 3), 1500, 0, LinkType::ethernet, 0});
                CHECK_FALSE(w.end.truncated);
                CHECK(w.position == file.size());
                CHECK(w.info.nanoseconds == nano);
                CHECK(w.info.format == capture::Format::pcap);
            }
        }
    }
}

TEST_CASE("pcap: the original length is at least the captured", "[capture]") {
    const Pcap p;
    const Whole w = read_memory(p.header() + p.record(0, 0, payload(60), 20));
    REQUIRE(w.frames.size() == 1);
    CHECK(w.frames[0].octets.size() == 60);
    CHECK(w.frames[0].wirelen == 60);
}

TEST_CASE("pcap: link types", "[capture]") {
    const struct {
        std::uint32_t network;
        LinkType link;
    } cases[] = {
        {1, LinkType::ethernet},
        {12, LinkType::raw_ip},
        {14, LinkType::raw_ip},
        {101, LinkType::raw_ip},
        {228, LinkType::raw_ip},
        {229, LinkType::raw_ip},
        {113, LinkType::linux_sll},
        {276, LinkType::linux_sll2},
        {0, LinkType::loopback},
        {108, LinkType::loopback},
        {9, LinkType::ppp},
        {50, LinkType::ppp},
        {51, LinkType::pppoe},
        {104, LinkType::cisco_hdlc},
        {219, LinkType::mpls},
        {239, LinkType::nflog},
        {109, LinkType::enc},
        {226, LinkType::ipnet},
        {178, LinkType::juniper_ethernet},
        {281, LinkType::switch_tag},
        {284, LinkType::switch_tag},
        {282, LinkType::switch_tag_before},
        {285, LinkType::ethernet},
        {1 | fcs_bits(2), LinkType::ethernet},
        {1 | 0x08000000, LinkType::ethernet}, // the reserved bit above the FCS bit
        {276 | 0xF0000000, LinkType::linux_sll2},
    };
    for (const Order order : {Order::little, Order::big})
        for (const auto& c : cases) {
            CAPTURE(c.network, order_name(order));
            const Pcap p{order, false, c.network};
            const Whole w = read_memory(p.header() + p.record(0, 0, payload(40)));
            REQUIRE(w.error.empty());
            CHECK(w.info.link == c.link);
            REQUIRE(w.frames.size() == 1);
            CHECK(w.frames[0].link == c.link);
        }
}

TEST_CASE("pcap: a captured FCS belongs to no length", "[capture]") {
    const struct {
        const char* name;
        std::uint32_t network;
        std::size_t captured;
        std::int64_t original;
        std::uint32_t caplen, wirelen, fcs;
    } cases[] = {
        {"none", 1, 64, 64, 64, 64, 0},
        {"length without its bit", 1 | 2u << 28, 64, 64, 64, 64, 0},
        {"four octets", 1 | fcs_bits(2), 64, 64, 60, 60, 4},
        {"two octets", 1 | fcs_bits(1), 64, 64, 62, 62, 2},
        {"bit with length 0", 1 | fcs_bits(0), 64, 64, 64, 64, 0},
        {"snapped before the FCS", 1 | fcs_bits(2), 40, 64, 40, 60, 4},
        {"snapped right before the FCS", 1 | fcs_bits(2), 60, 64, 60, 60, 4},
        {"snapped inside the FCS", 1 | fcs_bits(2), 62, 64, 60, 60, 4},
        {"original below captured", 1 | fcs_bits(2), 64, 10, 60, 60, 4},
        {"shorter than its FCS", 1 | fcs_bits(2), 3, 3, 0, 0, 4},
        {"empty", 1 | fcs_bits(2), 0, 0, 0, 0, 4},
        {"longest FCS", 1 | fcs_bits(15), 64, 64, 34, 34, 30},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        const Pcap p{Order::little, false, c.network};
        const Bytes one = p.record(0, 0, payload(c.captured), c.original);
        const Whole w = read_memory(p.header() + one + one);
        REQUIRE(w.frames.size() == 2);
        CHECK(w.info.fcs_octets == c.fcs);
        CHECK(w.frames[1].octets.size() == c.caplen);
        CHECK(w.frames[1].wirelen == c.wirelen);
        CHECK(w.position == p.header().size() + 2 * one.size());
    }
}

TEST_CASE("pcap: cut at every offset", "[capture]") {
    const Pcap p;
    Bytes file = p.header();
    std::vector<std::size_t> ends{file.size()}; // where whole records end
    for (unsigned i = 0; i < 4; ++i) {
        file = file + p.record(i, 0, payload(i * 9, i));
        ends.push_back(file.size());
    }
    const Whole all = read_memory(file);
    REQUIRE(all.frames.size() == 4);
    for (std::size_t cut = 0; cut <= file.size(); ++cut) {
        CAPTURE(cut);
        const Bytes piece(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(cut));
        std::size_t whole = 0;
        while (whole + 1 < ends.size() && ends[whole + 1] <= cut)
            ++whole;
        for (const Whole& w : {read_memory(piece), read_file(piece, 2), read_blocks(piece, 2),
                               read_pipe(piece, 11)}) {
            if (cut < 24) {
                CHECK_FALSE(w.error.empty());
                continue;
            }
            REQUIRE(w.error.empty());
            CHECK(w.frames
                  == std::vector<Kept>(all.frames.begin(),
                                       all.frames.begin() + static_cast<std::ptrdiff_t>(whole)));
            CHECK(w.end.truncated == (ends[whole] != cut));
            CHECK(w.end.offset == ends[whole]);
            CHECK(w.end.reason.empty() == !w.end.truncated);
            CHECK_FALSE(w.end.interrupted);
        }
    }
}

TEST_CASE("pcap: an impossible length ends the capture", "[capture]") {
    const struct {
        std::uint32_t length;
        const char* reason;
    } cases[] = {
        {262145, "record of 262145 octets"},
        {0x7FFFFFFF, "record of 2147483647 octets"},
        {0xFFFFFFFF, "record of 4294967295 octets"},
        {262144, "record cut"},
    };
    for (const Order order : {Order::little, Order::big})
        for (const auto& c : cases) {
            CAPTURE(c.length, order_name(order));
            const Pcap p{order};
            const Bytes good = p.header() + p.record(1, 1, payload(60));
            const Bytes file = good + number(order, 0, 8) + number(order, c.length, 4)
                               + number(order, c.length, 4) + p.record(2, 2, payload(60));
            for (const Whole& w :
                 {read_memory(file), read_file(file), read_blocks(file), read_pipe(file)}) {
                CHECK(w.frames.size() == 1);
                CHECK(w.end.truncated);
                CHECK(w.end.offset == good.size());
                CHECK(w.end.reason == c.reason);
            }
        }
}

TEST_CASE("pcap: the largest record", "[capture]") {
    const Pcap p;
    const Bytes big = p.record(1, 1, payload(capture::kMaxCaptured, 1));
    Bytes file = p.header();
    // More than a stream's buffer and than one step of read-ahead.
    for (int i = 0; i < 40; ++i)
        file = file + big;
    file = file + p.record(1, 1, payload(5, 2));
    for (const Whole& w : {read_file(file), read_blocks(file), read_pipe(file, 100'000)}) {
        REQUIRE(w.frames.size() == 41);
        CHECK(w.frames[39].octets == payload(capture::kMaxCaptured, 1));
        CHECK(w.frames[40].octets == payload(5, 2));
        CHECK_FALSE(w.end.truncated);
    }
}

TEST_CASE("pcap: many records, mapped, read and piped alike", "[capture]") {
    const Pcap p{Order::big, true};
    Bytes file = p.header();
    std::uint32_t state = 1;
    for (unsigned i = 0; file.size() < 6'000'000; ++i) {
        state = state * 1664525 + 1013904223;
        const Bytes record = p.record(i, i % 1000, payload(state >> 21, i));
        file.insert(file.end(), record.begin(), record.end());
    }
    const Whole memory = read_memory(file);
    CHECK(memory.frames.size() > 5000);
    for (const Whole& w : {read_file(file), read_file(file, 3), read_blocks(file),
                           read_blocks(file, 3), read_pipe(file)}) {
        CHECK(w.frames == memory.frames);
        CHECK(w.position == file.size());
    }
}

TEST_CASE("pcap: frames carry the source they were given", "[capture]") {
    const Pcap p;
    const Bytes file = p.header() + p.record(0, 0, payload(1)) + p.record(0, 0, payload(1));
    auto reader = capture::Reader::from_memory(file);
    REQUIRE(reader);
    wire::Frame f;
    REQUIRE((*reader)->next(&f, 1) == 1);
    CHECK(f.source == 0);
    (*reader)->set_source(7);
    REQUIRE((*reader)->next(&f, 0) == 0);
    REQUIRE((*reader)->next(&f, 1) == 1);
    CHECK(f.source == 7);
    CHECK((*reader)->next(&f, 1) == 0);
    CHECK((*reader)->next(&f, 1) == 0);
}

TEST_CASE("pcap: before 2.3 the length on the wire comes first, in 2.3 the larger is it",
          "[capture]") {
    // record() writes the captured length first.
    const auto old = [](unsigned minor, std::uint32_t first, std::uint32_t second) {
        const Pcap p{Order::big, false, 1, 2, minor};
        const Bytes lengths = number(p.order, first, 4) + number(p.order, second, 4);
        return p.header() + number(p.order, 7, 4) + number(p.order, 9, 4) + lengths + payload(60)
               + p.record(8, 0, payload(50));
    };
    for (const Bytes& file : {old(0, 900, 60), old(1, 900, 60), old(2, 900, 60), old(3, 900, 60),
                              old(3, 60, 900), old(4, 60, 900)})
        for (const Whole& w : {read_memory(file), read_blocks(file, 1), read_pipe(file, 7)}) {
            REQUIRE(w.frames.size() == 2);
            CHECK(w.frames[0]
                  == Kept{payload(60), 900, 7'000'009'000, wire::LinkType::ethernet, 0});
            CHECK(w.frames[1].octets == payload(50));
            CHECK_FALSE(w.end.truncated);
        }
    const Whole cut = read_memory(old(2, 60, 300'000));
    CHECK(cut.frames.empty());
    CHECK(cut.end.reason == "record of 300000 octets");
    CHECK(cut.end.offset == 24);
}

TEST_CASE("pcap: the modified format has longer record headers", "[capture]") {
    for (const Order order : {Order::little, Order::big}) {
        const Pcap p{order};
        Bytes file = number(order, 0xA1B2CD34, 4);
        const Bytes rest = p.header();
        file.insert(file.end(), rest.begin() + 4, rest.end());
        for (unsigned i = 0; i < 70; ++i) {
            Bytes record = p.record(i, 5, payload(60 + i, i), 1000);
            const Bytes more = number(order, 3, 4) + number(order, 0x0800, 2) + Bytes{2, 0};
            record.insert(record.begin() + 16, more.begin(), more.end());
            file = file + record;
        }
        for (const Whole& w : {read_memory(file), read_blocks(file), read_pipe(file, 11)}) {
            REQUIRE(w.frames.size() == 70);
            for (unsigned i = 0; i < 70; ++i)
                CHECK(w.frames[i]
                      == Kept{payload(60 + i, i), 1000, i * TimeNs{1'000'000'000} + 5000,
                              wire::LinkType::ethernet, 0});
            CHECK_FALSE(w.end.truncated);
        }
        const Whole cut = read_memory(Bytes(file.begin(), file.end() - 1));
        CHECK(cut.frames.size() == 69);
        CHECK(cut.end.reason == "record cut");
    }
}
