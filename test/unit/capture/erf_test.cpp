// ERF: records of every kind, extension headers, losses, cuts, and what is no ERF.
#include "catch.hpp"
#include "support/read_capture.hpp"

using namespace lacuna;
using namespace lacuna::test;
using lacuna::wire::LinkType;

namespace {

constexpr std::uint64_t kSecond = 1'700'000'000;

/// A record of `type` around `body`; `field` is its loss counter or colour.
Bytes record(unsigned type, const Bytes& body, unsigned wire, unsigned field = 0,
             std::uint64_t seconds = kSecond, std::uint32_t fraction = 0) {
    return number(Order::little, seconds << 32 | fraction, 8) + be(type, 1) + be(0, 1)
           + be(16 + body.size(), 2) + be(field, 2) + be(wire, 2) + body;
}
Bytes ethernet(const Bytes& frame, unsigned field = 0, std::uint64_t seconds = kSecond) {
    return record(2, be(0, 2) + frame + octets(4), static_cast<unsigned>(frame.size()) + 4, field,
                  seconds);
}

} // namespace

TEST_CASE("erf: records of every kind", "[capture]") {
    const Bytes more = be(0x80, 1) + octets(7, 0) + octets(8, 0);
    const Bytes file = ethernet(payload(60, 1))
                       + record(0x82, more + be(0, 2) + payload(30, 2), 34, 0, kSecond, 1u << 31)
                       + record(27, octets(24), 0) // metadata
                       + record(11, be(0, 2) + payload(20, 3), 1504, 77)
                       + record(22, payload(40, 4), 40) + record(1, payload(50, 5), 50)
                       + record(3, payload(52, 6), 53) // ATM
                       + record(48, octets(8), 0);     // padding
    for (const Whole& w : {read_memory(file), read_memory(file, 1), read_file(file),
                           read_blocks(file), read_pipe(file, 7)}) {
        REQUIRE(w.error.empty());
        REQUIRE(w.frames.size() == 6);
        const auto start = static_cast<TimeNs>(kSecond) * 1'000'000'000;
        CHECK(w.frames[0] == Kept{payload(60, 1), 60, start, LinkType::ethernet, 0});
        CHECK(w.frames[1] == Kept{payload(30, 2), 30, start + 500'000'000, LinkType::ethernet, 0});
        CHECK(w.frames[2] == Kept{payload(20, 3), 1500, start, LinkType::ethernet, 0});
        CHECK(w.frames[3] == Kept{payload(40, 4), 40, start, LinkType::raw_ip, 0});
        CHECK(w.frames[4] == Kept{payload(50, 5), 50, start, LinkType::ppp, 0});
        CHECK(w.frames[5].link == LinkType::unsupported);
        CHECK_FALSE(w.end.truncated);
        CHECK(w.position == file.size());
        CHECK(w.info.format == capture::Format::erf);
    }
}

TEST_CASE("erf: the loss counter tells of frames before a record", "[capture]") {
    const Bytes file = ethernet(payload(60, 1)) + ethernet(payload(60, 2), 5, kSecond + 2)
                       + ethernet(payload(60, 3), 0, kSecond + 3)
                       + record(11, be(0, 2) + payload(60, 4), 64, 9, kSecond + 4); // a colour
    auto reader = capture::Reader::from_memory(file);
    REQUIRE(reader);
    wire::Frame frames[8];
    Drops lost;
    REQUIRE((*reader)->next(frames, 8) == 1);
    CHECK_FALSE((*reader)->take_drops(lost));
    REQUIRE((*reader)->next(frames, 8) == 3);
    REQUIRE((*reader)->take_drops(lost));
    CHECK(lost.frames == 5);
    CHECK(lost.from == static_cast<TimeNs>(kSecond) * 1'000'000'000);
    CHECK(lost.to == static_cast<TimeNs>(kSecond + 2) * 1'000'000'000);
    CHECK(lost.origin == DropOrigin::capture);
    CHECK_FALSE((*reader)->take_drops(lost));
    CHECK((*reader)->next(frames, 8) == 0);
    CHECK((*reader)->dropped() == 5);
}

TEST_CASE("erf: cuts", "[capture]") {
    const Bytes file = ethernet(payload(60, 1)) + ethernet(payload(60, 2));
    const auto cut_at = [&](std::size_t n) {
        return read_memory(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(n)));
    };
    const Whole inside = cut_at(file.size() - 3);
    REQUIRE(inside.error.empty());
    CHECK(inside.frames.size() == 1);
    CHECK(inside.end.reason == "record cut");
    const Whole short_record = read_memory(file + number(Order::little, kSecond << 32, 8)
                                           + be(0x0200, 2) + be(3, 2) + be(0, 2) + be(60, 2));
    CHECK(short_record.frames.size() == 2);
    CHECK(short_record.end.reason == "record of 3 octets");
}

TEST_CASE("erf: what only looks like it is refused", "[capture]") {
    CHECK_FALSE(read_memory(record(0, payload(60), 60)).error.empty());
    CHECK_FALSE(read_memory(record(2, payload(60), 0)).error.empty());
    CHECK_FALSE(read_memory(record(2, payload(60), 60, 0, 1000)).error.empty());
    CHECK_FALSE(read_memory(ethernet(payload(60)) + octets(40, 0x55)).error.empty());
    CHECK_FALSE(read_memory(ethernet(payload(60)) + ethernet(payload(60), 0, kSecond + 86'400 * 40))
                    .error.empty());
}
