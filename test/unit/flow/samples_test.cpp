// Samples of time series: a row's figures at each border of intervals it crosses, whatever the
// bursts and whoever else is in them.
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "support/esp_packet.hpp"
#include "wire/decode.hpp"

#include <map>
#include <memory>
#include <random>

using namespace lacuna;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kStart = 1'700'000'000 * kSecond;

/// Frames of several lengths.
wire::Observation packet(std::uint32_t spi, std::uint32_t number, TimeNs time) {
    wire::Observation o = test::esp_packet(spi, number, time);
    o.bytes = (100 + number % 7) & wire::kMaxFrameBytes;
    return o;
}

struct Point {
    TimeNs start;
    TimeNs next;
    std::uint64_t received;
    std::uint64_t bytes;
    std::uint64_t lost;
    std::uint64_t duplicates;
    bool operator==(const Point&) const = default;
};
using Series = std::map<std::uint32_t, std::vector<Point>>;

Series track(const std::vector<wire::Observation>& all, std::size_t burst, std::uint32_t periods) {
    flow::FlowBudget budget(1000);
    auto made = flow::Tracker::create({.max_flows = 1000, .sample_periods = periods}, budget);
    REQUIRE(made);
    flow::Tracker& t = **made;
    Series series;
    for (std::size_t i = 0; i < all.size(); i += burst) {
        t.track(all.data() + i, std::min(burst, all.size() - i));
        for (const flow::Sample& s : t.samples())
            series[s.id.key.spi].push_back(
                {s.start, s.next, s.received, s.bytes, s.lost, s.duplicates});
        t.clear_samples();
    }
    return series;
}

/// What a row has come to, and the interval of its latest packet: the plain rules again.
struct Model {
    std::map<std::uint32_t, bool> seen;
    TimeNs interval = 0;
    Point sum{};

    void take(const wire::Observation& o, TimeNs length, std::vector<Point>& out) {
        const TimeNs interval_of = o.time / length * length;
        if (!seen.empty() && interval_of > interval) {
            Point p = sum;
            p.start = interval;
            p.next = o.time;
            p.lost = seen.rbegin()->first - seen.begin()->first + 1 - seen.size();
            out.push_back(p);
        }
        interval = seen.empty() ? interval_of : std::max(interval, interval_of);
        ++sum.received;
        sum.bytes += o.bytes;
        if (!seen.emplace(o.seq, true).second) ++sum.duplicates;
    }
};

} // namespace

TEST_CASE("samples: the sums before each border a row crosses", "[flow]") {
    std::mt19937 random(7);
    for (const std::uint32_t periods : {1u, 2u, 12u}) {
        const TimeNs length = periods * flow::kPeriod;
        std::vector<wire::Observation> all;
        std::map<std::uint32_t, Model> models;
        Series expected;
        std::map<std::uint32_t, std::uint32_t> number;
        TimeNs time = kStart;
        TimeNs latest = kStart;
        for (int i = 0; i < 60'000; ++i) {
            // Mostly close together, now and then seconds, minutes or days apart, or backwards.
            const auto r = random() % 4000;
            time += r == 0   ? 328'000 * kSecond // periods differ by nearly 2^16
                    : r == 1 ? 700 * kSecond
                    : r < 20 ? static_cast<TimeNs>(random() % 9) * kSecond
                    : r < 40 ? -static_cast<TimeNs>(random() % 9) * kSecond
                             : static_cast<TimeNs>(random() % 2'000'000);
            // Farther back is a clock that was set back.
            latest = std::max(latest, time);
            time = std::max(time, latest - 2 * flow::kPeriod);
            const std::uint32_t spi = static_cast<std::uint32_t>(1 + random() % 40);
            std::uint32_t& n = number[spi];
            const auto what = random() % 100;
            n += what == 0 ? 3 : what == 1 && n > 100 ? 0 : 1;
            all.push_back(packet(spi, 1000 + n, time));
            models[spi].take(all.back(), length, expected[spi]);
        }
        std::erase_if(expected, [](const auto& entry) { return entry.second.empty(); });
        REQUIRE(expected.size() == 40);
        for (const std::size_t burst : {std::size_t{1}, std::size_t{3}, wire::kMaxObservations}) {
            INFO("periods " << periods << ", burst " << burst);
            CHECK((track(all, burst, periods) == expected));
        }
    }
}

TEST_CASE("samples: after 2^16 periods of silence the low bits agree, the periods do not",
          "[flow]") {
    const TimeNs far = kStart + 65536 * flow::kPeriod;
    const Series series =
        track({packet(1, 1, kStart), packet(1, 2, far), packet(1, 3, far + 20 * kSecond)}, 64, 2);
    REQUIRE(series.at(1).size() == 2);
    CHECK(series.at(1)[0].received == 1);
    CHECK(series.at(1)[1].start == flow::interval_start(far, 10 * kSecond));
}

TEST_CASE("samples: none unless asked for; intervals divide the hour", "[flow]") {
    CHECK(track({packet(1, 1, kStart), packet(1, 2, kStart + 60 * kSecond)}, 64, 0).empty());
    flow::FlowBudget budget(10);
    CHECK_FALSE(flow::Tracker::create({.max_flows = 10, .sample_periods = 7}, budget));
    CHECK(flow::interval_start(-1, 10) == -10);
    CHECK(flow::interval_start(-10, 10) == -10);
    CHECK(flow::interval_start(19, 10) == 10);
}

TEST_CASE("rates cover the last 5 to 10 s of packet time", "[flow]") {
    flow::FlowBudget budget(10);
    auto made = flow::Tracker::create({.max_flows = 10}, budget);
    REQUIRE(made);
    flow::Tracker& t = **made;
    std::uint32_t n = 0;
    // 100 packets a second for a minute, then 1,000 for a minute.
    for (int i = 0; i < 6'000; ++i) {
        const auto o = packet(1, ++n, kStart + i * (kSecond / 100));
        t.track(&o, 1);
    }
    flow::SaSummary s;
    for (int i = 0; i < 60'000; ++i) {
        const auto o = packet(1, ++n, kStart + 60 * kSecond + i * (kSecond / 1000));
        t.track(&o, 1);
        if (i < 10'000 || i % 100 != 0) continue;
        t.summarize(0, s);
        REQUIRE(s.rate_ns >= 4'999'000'000u);
        REQUIRE(s.rate_ns <= 10'001'000'000u);
        REQUIRE(s.rate_numbers * 1'000'000 <= s.rate_ns + 2'000'000);
        REQUIRE(s.rate_numbers * 1'000'000 >= s.rate_ns - 2'000'000);
    }
}
