// A NIC's clock told in host time.
#include "catch.hpp"
#include "port/live/packet_time.hpp"

using lacuna::TimeNs;
using lacuna::port::NicClock;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

/// A clock of 1.25 ticks per nanosecond that runs `ppm` too fast.
std::uint64_t ticks_at(TimeNs host, double ppm) {
    return static_cast<std::uint64_t>(static_cast<double>(host) * 1.25 * (1 + ppm * 1e-6)) + 777;
}

} // namespace

TEST_CASE("a NIC's time stamps follow the host's clock", "[port]") {
    const TimeNs start = 1'700'000'000 * kSecond;
    const auto ticks = [&](TimeNs t) { return ticks_at(t - start, 40); };
    NicClock clock(ticks(start), start, ticks(start + kSecond / 20), start + kSecond / 20);
    TimeNs before = 0;
    for (int s = 1; s <= 3600; ++s) {
        const TimeNs now = start + s * kSecond;
        const TimeNs told = clock.host(ticks(now));
        REQUIRE(told > before);
        REQUIRE(std::abs(told - now) < 20'000);
        before = told;
        clock.learn(ticks(now), now);
    }
}

TEST_CASE("an error of the first readings is worked off without a step back", "[port]") {
    const TimeNs start = 1'700'000'000 * kSecond;
    const auto ticks = [&](TimeNs t) { return ticks_at(t - start, 0); };
    // The second reading came 2 ms late: the rate learnt is 4 % off.
    NicClock clock(ticks(start), start, ticks(start + kSecond / 20),
                   start + kSecond / 20 + 2'000'000);
    TimeNs before = 0;
    TimeNs now = start + kSecond / 10;
    for (int s = 0; s < 10; ++s, now += kSecond) {
        for (int part = 0; part < 10; ++part) {
            const TimeNs told = clock.host(ticks(now + part * kSecond / 10));
            REQUIRE(told > before);
            before = told;
        }
        clock.learn(ticks(now + kSecond), now + kSecond);
    }
    REQUIRE(std::abs(clock.host(ticks(now)) - now) < 100'000);
}

TEST_CASE("a time stamp from before the last reading lies before it", "[port]") {
    NicClock clock(1000, 5 * kSecond, 2000, 5 * kSecond + 1000);
    REQUIRE(clock.host(1500) == 5 * kSecond + 500);
}
