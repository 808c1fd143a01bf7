// Stamps that lie, as a reader gives them: mapped, through a pipe, whatever the bursts.
#include "catch.hpp"
#include "support/read_capture.hpp"

using namespace lacuna;
using namespace lacuna::test;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr std::uint32_t kFrom = 1'000'000;
constexpr std::size_t kFrames = 300;
constexpr std::size_t kAhead = 100;

/// A packet a second, each of another length; one claims to come from the year 2106.
Bytes capture_with_odd() {
    const Pcap p;
    Bytes octets = p.header();
    for (std::size_t i = 0; i < kFrames; ++i) {
        const std::uint32_t second =
            i == kAhead ? 0xFFFFFFF0u : kFrom + static_cast<std::uint32_t>(i);
        const Bytes record = p.record(second, 0, payload(60 + i));
        octets.insert(octets.end(), record.begin(), record.end());
    }
    return octets;
}

struct Read {
    std::vector<TimeNs> times;
    std::size_t wrong = 0; ///< frames with other octets than were written
    std::uint64_t odd = 0;
    TimeNs latest = 0;
};

Read read(Result<std::unique_ptr<capture::Reader>> reader, std::size_t burst, TimeNs tolerance) {
    REQUIRE(reader);
    (*reader)->set_clock_tolerance(tolerance);
    Read r;
    std::vector<wire::Frame> frames(burst);
    while (const std::size_t n = (*reader)->next(frames.data(), burst)) {
        for (std::size_t i = 0; i < n; ++i) {
            const wire::Frame& f = frames[i];
            const Bytes want = payload(60 + r.times.size());
            r.wrong += Bytes(f.data, f.data + f.caplen) != want;
            r.times.push_back(f.time);
        }
        CHECK((*reader)->clock() >= r.times.back());
    }
    r.odd = (*reader)->odd_times();
    r.latest = (*reader)->latest_time();
    return r;
}

} // namespace

TEST_CASE("waiting: an odd stamp is told by those that follow", "[capture]") {
    const Bytes capture = capture_with_odd();
    const TemporaryFile file(capture);
    for (const std::size_t burst : {std::size_t{1}, std::size_t{64}, std::size_t{4096}}) {
        for (const bool mapped : {true, false}) {
            INFO("burst " << burst << (mapped ? ", in memory" : ", read in blocks"));
            const Read r =
                read(mapped ? capture::Reader::from_memory(capture)
                            : capture::Reader::open(file.path(), capture::Access::stream),
                     burst, 10 * kSecond);
            REQUIRE(r.times.size() == kFrames);
            CHECK(r.wrong == 0);
            CHECK(r.odd == 1);
            CHECK(r.latest == (TimeNs{kFrom} + kFrames - 1) * kSecond);
            for (std::size_t i = 0; i < kFrames; ++i) {
                const std::size_t as = i == kAhead ? i - 1 : i; // the clock stands
                CHECK(r.times[i] == (TimeNs{kFrom} + static_cast<TimeNs>(as)) * kSecond);
            }
        }
    }
    const Read all = read(capture::Reader::from_memory(capture), 64, 0);
    CHECK(all.odd == 0);
    CHECK(all.times[kAhead] == TimeNs{0xFFFFFFF0} * kSecond);
}
