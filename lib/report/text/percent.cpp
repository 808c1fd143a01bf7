#include "report/text/percent.hpp"

#include <fmt/format.h>

namespace lacuna::report {

std::string percent_number(double share) {
    const double p = share * 100;
    if (!(p > 0)) return "0";
    if (p < 0.0001) return "<0.0001";
    if (p < 0.0995) return fmt::format("{:.2g}", p);
    // 100 only where it is all.
    return p > 99.95 && p < 100 ? ">99.9" : fmt::format("{:.{}f}", p, p < 9.995 ? 2 : 1);
}

std::string percent_text(double share) {
    return percent_number(share) + " %";
}

} // namespace lacuna::report
