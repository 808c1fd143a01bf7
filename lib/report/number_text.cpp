#include "report/number_text.hpp"

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
    return fmt::format("{:.{}f} {}", n, n < 10 ? 2 : n < 100 ? 1 : 0, units[unit]);
}

} // namespace lacuna::report
