#include "base/time_text.hpp"

#include <cstdio>
#include <ctime>

namespace lacuna {

std::string rfc3339(TimeNs time) {
    constexpr TimeNs kSecond = 1'000'000'000;
    std::time_t seconds = time / kSecond;
    TimeNs ns = time % kSecond;
    if (ns < 0) {
        ns += kSecond;
        --seconds;
    }
    std::tm tm{};
    gmtime_r(&seconds, &tm);
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", tm.tm_year + 1900,
                  tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                  static_cast<int>(ns));
    return text;
}

} // namespace lacuna
