#include "report/text/clock.hpp"

#include <cstdint>
#include <ctime>
#include <fmt/format.h>

namespace lacuna::report {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;

struct Moment {
    std::string date;
    std::string clock;
    std::string zone;
};

Moment moment_of(TimeNs time, unsigned digits) {
    const TimeNs part = (time % kSecond + kSecond) % kSecond;
    const time_t seconds = time / kSecond - (time % kSecond < 0 ? 1 : 0);
    tm local{};
    localtime_r(&seconds, &local);
    Moment m;
    m.date =
        fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
    m.clock = fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
    if (digits != 0) m.clock += "." + fmt::format("{:09}", part).substr(0, digits);
    m.zone = local.tm_zone != nullptr ? local.tm_zone : "";
    // Zones without a name are called by their offset.
    if (!m.zone.empty() && (m.zone[0] == '+' || m.zone[0] == '-')) m.zone.insert(0, "UTC");
    return m;
}

} // namespace

std::string local_time(TimeNs time, unsigned digits) {
    const Moment m = moment_of(time, digits);
    return m.date + ' ' + m.clock + ' ' + m.zone;
}

std::string local_span(TimeNs from, TimeNs to) {
    // Both may be as far apart as times can be.
    const auto length = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    const unsigned digits = length < kSecond ? 6 : length < 60 * std::uint64_t{kSecond} ? 3 : 0;
    const Moment a = moment_of(from, digits);
    const Moment b = moment_of(to, digits);
    std::string text = a.date + ' ' + a.clock;
    if (a.zone != b.zone) text += ' ' + a.zone;
    text += " to ";
    if (a.date != b.date) text += b.date + ' ';
    return text + b.clock + ' ' + b.zone;
}

double seconds_between(TimeNs from, TimeNs to) {
    return static_cast<double>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from))
           / 1e9;
}

} // namespace lacuna::report
