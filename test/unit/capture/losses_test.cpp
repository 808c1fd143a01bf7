// What a capture tells of frames it lost itself, and when a reader tells it.
#include "capture/stream.hpp"
#include "catch.hpp"
#include "support/read_capture.hpp"

using namespace lacuna;
using namespace lacuna::test;

namespace {

constexpr std::uint64_t kSecond = 1'000'000; // in ticks of an interface
constexpr TimeNs kTick = 1000;

/// A loss, and how many frames were read before it.
struct Told {
    std::size_t before;
    TimeNs from;
    TimeNs to;
    std::uint64_t frames;
    bool operator==(const Told&) const = default;
};

struct Read {
    std::vector<Told> told;
    std::size_t frames = 0;
    std::uint64_t dropped = 0;
    std::uint64_t unplaced = 0;
};

Read read(capture::Reader& reader, std::size_t burst = 64) {
    Read out;
    std::vector<wire::Frame> frames(burst);
    while (const std::size_t n = reader.next(frames.data(), burst)) {
        for (Drops d; reader.take_drops(d);) {
            CHECK(d.origin == DropOrigin::capture);
            out.told.push_back({out.frames, d.from, d.to, d.frames});
        }
        out.frames += n;
    }
    out.dropped = reader.dropped();
    out.unplaced = reader.dropped_unplaced();
    return out;
}

/// Reads a file as `analyze` does: surveyed before.
Read read_surveyed(const Bytes& octets, std::size_t burst = 64) {
    const TemporaryFile file(octets);
    const auto stream =
        capture::arrange({file.path()}, capture::Order::first_packets, capture::Survey::losses);
    REQUIRE(stream);
    auto reader = stream->files.front().open(capture::Access::stream, 0);
    REQUIRE(reader);
    return read(**reader, burst);
}

Bytes drop_count(const Pcapng& g, std::uint64_t frames) {
    return g.option(4, number(g.order, frames, 8)) + g.option(0, {});
}
/// An interface statistics block; `system`: isb_osdrop, left out if 0.
Bytes statistics(const Pcapng& g, std::uint64_t ticks, std::uint64_t dropped,
                 std::uint64_t system = 0, std::uint32_t interface = 0) {
    return g.block(5, number(g.order, interface, 4) + number(g.order, ticks >> 32, 4)
                          + number(g.order, ticks, 4) + g.option(4, number(g.order, 9999, 8))
                          + g.option(5, number(g.order, dropped, 8))
                          + (system != 0 ? g.option(7, number(g.order, system, 8)) : Bytes{})
                          + g.option(0, {}));
}
Bytes packet(const Pcapng& g, std::uint64_t ticks, std::uint64_t dropped = 0,
             std::uint32_t interface = 0) {
    return g.enhanced(ticks, payload(60), -1, interface,
                      dropped != 0 ? drop_count(g, dropped) : Bytes{});
}

} // namespace

TEST_CASE("losses: a packet tells of those between the one before on its interface and itself",
          "[capture]") {
    for (const Order order : {Order::little, Order::big})
        for (const std::size_t burst : {1, 2, 64}) {
            CAPTURE(order_name(order), burst);
            const Pcapng g{order};
            const Bytes file = g.section() + g.interface() + g.interface() + packet(g, 10)
                               + packet(g, 20, 0, 1) + packet(g, 30, 7) + packet(g, 40)
                               + packet(g, 50, 3, 1) + packet(g, 60, 1);
            const Read r = read_surveyed(file, burst);
            CHECK(r.frames == 6);
            CHECK(r.told
                  == std::vector<Told>{{2, 10 * kTick, 30 * kTick, 7},
                                       {4, 20 * kTick, 50 * kTick, 3},
                                       {5, 40 * kTick, 60 * kTick, 1}});
            CHECK(r.dropped == 11);
            CHECK(r.unplaced == 0);
        }
}

TEST_CASE("losses: the obsolete packet block tells them too, unless it does not know",
          "[capture]") {
    const Pcapng g;
    Bytes second = g.obsolete(20, payload(60));
    second[10] = 5; // 0xFFFF: not known
    second[11] = 0;
    const Read r =
        read_surveyed(g.section() + g.interface() + g.obsolete(10, payload(60)) + second);
    CHECK(r.told == std::vector<Told>{{1, 10 * kTick, 20 * kTick, 5}});
}

TEST_CASE("losses: statistics are cumulative, and told before the frames they concern",
          "[capture]") {
    for (const Order order : {Order::little, Order::big}) {
        const Pcapng g{order};
        const Bytes file = g.section() + g.interface() + packet(g, 1 * kSecond)
                           + packet(g, 2 * kSecond, 4) + statistics(g, 3 * kSecond, 4)
                           + packet(g, 4 * kSecond) + packet(g, 5 * kSecond)
                           + statistics(g, 6 * kSecond, 10, 6) + packet(g, 7 * kSecond)
                           + statistics(g, 8 * kSecond, 10, 6) + statistics(g, 9 * kSecond, 18, 6);
        // 4 were told by the packet; 16 - 4 lie between the first statistics and the second; what
        // is lost behind the last packet is counted, and nothing can reveal it.
        const Read r = read_surveyed(file);
        CHECK(r.told
              == std::vector<Told>{{1, 1'000'000'000, 2'000'000'000, 4},
                                   {2, 3'000'000'000, 6'000'000'000, 12}});
        CHECK(r.dropped == 24);
        CHECK(r.unplaced == 0);
        CHECK(r.frames == 5);
    }
}

TEST_CASE("losses: statistics alone span from the first packet of their interface", "[capture]") {
    const Pcapng g;
    const Read r =
        read_surveyed(g.section() + g.interface() + g.interface() + packet(g, 10)
                      + packet(g, 20, 0, 1) + packet(g, 30, 0, 1) + statistics(g, 0, 6, 0, 1));
    // No time in the statistics: they end with the packets.
    CHECK(r.told == std::vector<Told>{{1, 20 * kTick, 30 * kTick, 6}});
}

TEST_CASE("losses: from a pipe statistics come too late", "[capture]") {
    const Pcapng g;
    const Bytes file =
        g.section() + g.interface() + packet(g, 10) + packet(g, 20, 4) + statistics(g, 30, 9);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    REQUIRE(::write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    ::close(ends[1]);
    auto reader = capture::Reader::open("/proc/self/fd/" + std::to_string(ends[0]));
    REQUIRE(reader);
    const Read r = read(**reader);
    ::close(ends[0]);
    CHECK(r.told == std::vector<Told>{{1, 10 * kTick, 20 * kTick, 4}});
    CHECK(r.dropped == 9);
    CHECK(r.unplaced == 5);
}

TEST_CASE("losses: damaged counts and statistics cost no packet", "[capture]") {
    const Pcapng g;
    const Read r =
        read_surveyed(g.section() + g.interface() + packet(g, 10) + packet(g, 20, ~std::uint64_t{0})
                      + statistics(g, 30, 5, 0, 7) + g.block(5, {})
                      + statistics(g, 30, ~std::uint64_t{0}) + packet(g, 40));
    CHECK(r.frames == 3);
    CHECK(r.told.empty());
    CHECK(r.dropped == 0);
}

TEST_CASE("stream: files are read in the order of their first packets", "[capture]") {
    const Pcap p;
    const auto file = [&p](std::uint32_t first, std::uint32_t last) {
        return p.header() + p.record(first, 0, payload(60)) + p.record(last, 0, payload(60));
    };
    const TemporaryFile late(file(30, 39));
    const TemporaryFile early(file(10, 19));
    const TemporaryFile middle(file(20, 29));
    const TemporaryFile empty(p.header());
    const std::vector<std::string> named{late.path(), "-none-", early.path(), empty.path(),
                                         middle.path()};
    // What cannot be looked at (a pipe, a name that does not exist yet) and what has no packet keep
    // their places.
    const auto sorted =
        capture::arrange(named, capture::Order::first_packets, capture::Survey::losses);
    REQUIRE(sorted);
    CHECK(sorted->paths()
          == std::vector<std::string>{early.path(), "-none-", middle.path(), empty.path(),
                                      late.path()});
    REQUIRE(sorted->remarks.size() == 1);
    CHECK(sorted->remarks[0].starts_with("the files are read in the order of their first packets"));

    const auto given = capture::arrange(named, capture::Order::as_given, capture::Survey::losses);
    REQUIRE(given);
    CHECK(given->paths() == named);
    CHECK(given->remarks.empty());
    const auto same = capture::arrange({early.path(), middle.path()}, capture::Order::first_packets,
                                       capture::Survey::losses);
    CHECK(same->remarks.empty());
    CHECK_FALSE(capture::arrange({""}, capture::Order::as_given, capture::Survey::none));
}

TEST_CASE("stream: a file that begins before its predecessor ended is remarked", "[capture]") {
    constexpr TimeNs kNone = std::numeric_limits<TimeNs>::min();
    const auto remark = [](std::vector<std::optional<TimeNs>> first, std::vector<TimeNs> last) {
        capture::Stream stream;
        for (std::size_t i = 0; i < first.size(); ++i)
            stream.files.push_back({std::string(1, static_cast<char>('a' + i)), first[i]});
        capture::remark_overlaps(stream, last);
        return stream.remarks.empty() ? std::string() : stream.remarks.front();
    };
    CHECK(remark({10, 20, 30}, {20, 29, 40}).empty());
    CHECK(remark({10, 19}, {20, 29}).starts_with("b begins before a ended"));
    CHECK(remark({10, 19}, {20, 29}).find("lacuna path") != std::string::npos);
    // Not only the one just before counts.
    CHECK(remark({10, 11, 40}, {50, 12, 60}).starts_with("b begins before a ended, and 1 more"));
    CHECK(remark({10, std::nullopt, 15}, {20, kNone, 29}).starts_with("c begins before a ended"));
}
