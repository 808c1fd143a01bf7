// The steady time of a port: which stamps are odd, which are steps; against a naive reading of the
// rule, whatever the bursts.
#include "catch.hpp"

#include "base/steady_times.hpp"

#include <random>
#include <string>
#include <vector>

using namespace lacuna;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kTolerance = 10 * kSecond;

struct Steady {
    std::vector<TimeNs> times;
    std::vector<TimeNs> clocks;
    std::uint64_t odd = 0;
};

/// As a reader does it, in bursts of `burst`.
Steady steady(const std::vector<TimeNs>& stamps, std::size_t burst) {
    SteadyTimes<std::size_t> times;
    times.set_tolerance(kTolerance);
    Steady out;
    const auto release = [&](bool ended) {
        std::size_t at = 0;
        TimeNs time = 0;
        while (times.pop(at, time, ended, true)) {
            REQUIRE(at == out.times.size());
            out.times.push_back(time);
            out.clocks.push_back(times.clock());
        }
    };
    for (std::size_t i = 0; i < stamps.size(); i += burst) {
        const std::size_t n = std::min(burst, stamps.size() - i);
        const auto [least, most] =
            std::minmax_element(stamps.begin() + static_cast<std::ptrdiff_t>(i),
                                stamps.begin() + static_cast<std::ptrdiff_t>(i + n));
        if (times.empty() && times.usual(*least, *most)) {
            for (std::size_t k = 0; k < n; ++k) {
                out.times.push_back(stamps[i + k]);
                out.clocks.push_back(k + 1 == n ? times.clock() : -1);
            }
            continue;
        }
        std::size_t known = 0;
        for (; known < n && times.in_step(stamps[i + known]); ++known) {
            out.times.push_back(stamps[i + known]);
            out.clocks.push_back(times.clock());
        }
        for (std::size_t k = known; k < n; ++k)
            times.push(i + k, stamps[i + k]);
        release(false);
    }
    release(true);
    REQUIRE(out.times.size() == stamps.size());
    out.odd = times.odd();
    return out;
}

/// The rule, read with all of the input at hand.
Steady by_the_book(const std::vector<TimeNs>& stamps) {
    Steady out;
    TimeNs clock = 0;
    TimeNs first = 0;
    TimeNs longest = 0; // step ahead, of those beyond the tolerance
    const auto near = [](TimeNs a, TimeNs b) {
        return std::max(a, b) - std::min(a, b) <= kTolerance;
    };
    for (std::size_t i = 0; i < stamps.size(); ++i) {
        const TimeNs t = stamps[i];
        const std::vector<TimeNs> next(
            stamps.begin() + static_cast<std::ptrdiff_t>(i + 1),
            stamps.begin() + static_cast<std::ptrdiff_t>(std::min(stamps.size(), i + 65)));
        bool odd = false;
        if (i == 0) {
            odd = next.size() >= 2 && next[0] < t - kTolerance && near(next[0], next[1]);
            clock = first = odd ? next[0] : t;
        } else if (near(t, clock)) {
            clock = std::max(clock, t);
        } else {
            if (t > clock && next.empty())
                odd = first < clock && t - clock > longest + kTolerance;
            else if (t > clock)
                for (const TimeNs u : next)
                    odd |= u < t - kTolerance && u >= clock - kTolerance;
            else if (next.empty())
                odd = true;
            else
                for (std::size_t k = 0; k < next.size(); ++k)
                    odd |= k == 0 ? next[k] > t + kTolerance && next[k] >= clock - kTolerance
                                  : near(next[k], clock);
            if (!odd) longest = std::max(longest, t - clock);
            if (!odd) clock = t;
            first = std::min(first, clock);
        }
        out.odd += odd;
        out.times.push_back(odd ? clock : t);
        out.clocks.push_back(clock);
    }
    return out;
}

std::vector<TimeNs> every(TimeNs from, TimeNs step, std::size_t n) {
    std::vector<TimeNs> out;
    for (std::size_t i = 0; i < n; ++i)
        out.push_back(from + static_cast<TimeNs>(i) * step);
    return out;
}

void append(std::vector<TimeNs>& to, const std::vector<TimeNs>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

} // namespace

TEST_CASE("steady times: what is odd and what is a step", "[base]") {
    struct Case {
        std::string name;
        std::vector<TimeNs> stamps;
        std::uint64_t odd;
        TimeNs last; ///< time of the last
    };
    constexpr TimeNs kHour = 3600 * kSecond;
    const auto calm = every(kHour, kSecond, 200);
    const auto with = [&](std::size_t at, std::vector<TimeNs> what) {
        auto s = calm;
        s.insert(s.begin() + static_cast<std::ptrdiff_t>(at), what.begin(), what.end());
        return s;
    };
    auto back = calm;
    append(back, every(calm.back() - 90 * kSecond, kSecond, 70));
    auto back_briefly = calm;
    append(back_briefly, every(calm.back() - 90 * kSecond, kSecond / 10, 10));
    append(back_briefly, every(calm.back() + kSecond, kSecond, 5));
    auto silence = calm;
    append(silence, every(2 * kHour, kSecond, 3));
    auto rare = every(0, 60 * kSecond, 30);
    rare.insert(rare.begin() + 10, 9 * kHour);
    auto slow = every(0, 60 * kSecond, 30);
    auto slower = slow;
    slow.push_back(slow.back() + 69 * kSecond);
    slower.push_back(slower.back() + 120 * kSecond);
    const std::vector<Case> cases = {
        {"nothing", calm, 0, calm.back()},
        {"one ahead", with(100, {9 * kHour}), 1, calm.back()},
        {"one behind", with(100, {0}), 1, calm.back()},
        {"five ahead", with(100, std::vector<TimeNs>(5, 9 * kHour)), 5, calm.back()},
        {"five behind", with(100, std::vector<TimeNs>(5, 0)), 5, calm.back()},
        {"the first, ahead", with(0, {9 * kHour}), 1, calm.back()},
        {"set back", back, 0, back.back()},
        {"set back for ten packets", back_briefly, 10, back_briefly.back()},
        {"silence, then three", silence, 0, silence.back()},
        {"one packet a minute, one ahead", rare, 1, rare.back()},
        {"within the tolerance", with(100, {calm[100] + kTolerance}), 0, calm.back()},
        {"the last, ahead: nothing confirms it", with(200, {9 * kHour}), 1, calm.back()},
        {"the last, after a pause as long as all before", with(200, {calm.back() + 199 * kSecond}),
         1, calm.back()},
        {"the last, just beyond the tolerance", with(200, {calm.back() + 11 * kSecond}), 1,
         calm.back()},
        {"one packet a minute, the last a little later", slow, 0, slow.back()},
        {"one packet a minute, the last after two", slower, 1, slower[29]},
        {"two far apart", {0, kHour}, 0, kHour},
        {"the last, behind", with(200, {0}), 1, calm.back()},
        {"as far as stamps go", with(100, {INT64_MIN, INT64_MAX, INT64_MIN}), 3, calm.back()},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const Steady got = steady(c.stamps, 64);
        CHECK(got.odd == c.odd);
        CHECK(got.times.back() == c.last);
    }
}

TEST_CASE("steady times: the rule, whatever the bursts", "[base]") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        std::vector<TimeNs> stamps;
        TimeNs now = 1'000'000 * kSecond;
        const TimeNs step = seed % 3 == 0 ? 12 * kSecond : kSecond / 10;
        for (std::size_t i = 0; i < 1500; ++i) {
            now += static_cast<TimeNs>(random() % static_cast<std::uint64_t>(step));
            const auto what = static_cast<unsigned>(random() % 200);
            if (what == 0) now += (random() % 2 != 0 ? 1 : -1) * TimeNs{40} * kSecond;
            TimeNs stamp = now + static_cast<TimeNs>(random() % 5) * kSecond;
            for (unsigned long k = what == 1 ? 1 + random() % 80 : 0; k > 0; --k)
                stamps.push_back(stamp + TimeNs{500} * kSecond);
            if (what == 2) stamp -= TimeNs{300} * kSecond;
            stamps.push_back(stamp);
        }
        const Steady want = by_the_book(stamps);
        for (const std::size_t burst : {std::size_t{1}, std::size_t{7}, std::size_t{64}}) {
            const Steady got = steady(stamps, burst);
            REQUIRE(got.times == want.times);
            REQUIRE(got.odd == want.odd);
            for (std::size_t i = 0; i < got.clocks.size(); ++i)
                if (got.clocks[i] != -1) REQUIRE(got.clocks[i] == want.clocks[i]);
        }
    }
}

TEST_CASE("steady times: without a tolerance every stamp is believed", "[base]") {
    SteadyTimes<int> times;
    CHECK(times.usual(0, 5));
    CHECK(times.usual(INT64_MIN, INT64_MAX));
    CHECK(times.clock() == INT64_MAX);
    CHECK(times.odd() == 0);
}
