#include "report/text/number_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::report {

std::string grouped(std::uint64_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string short_number(double n) {
    if (n < 9999.5) return fmt::format("{:.0f}", n);
    constexpr const char* units[] = {"k", "M", "G", "T"};
    std::size_t unit = 0;
    n /= 1000;
    while (n >= 999.5 && unit < 3) {
        n /= 1000;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", n, n < 9.995 ? 2 : n < 99.95 ? 1 : 0, units[unit]);
}

std::string counted(std::uint64_t n, const char* what) {
    return grouped(n) + " " + what + (n == 1 ? "" : "s");
}

std::string duration_text(double seconds) {
    constexpr double kMinute = 60;
    constexpr double kHour = 60 * kMinute;
    constexpr double kDay = 24 * kHour;
    if (seconds < kMinute - 0.0005) return fmt::format("{:.3f} s", seconds);
    seconds = std::max(seconds, kMinute);
    const auto two = [seconds](double unit, const char* name, double part, const char* part_name) {
        const auto parts = static_cast<std::uint64_t>(seconds / part);
        const auto per_unit = static_cast<std::uint64_t>(unit / part);
        return fmt::format("{} {} {} {}", grouped(parts / per_unit), name, parts % per_unit,
                           part_name);
    };
    if (seconds < kHour) return two(kMinute, "min", 1, "s");
    if (seconds < kDay) return two(kHour, "h", kMinute, "min");
    return two(kDay, "d", kHour, "h");
}

} // namespace lacuna::report
