#include "base/time_text.hpp"

#include <chrono>

namespace lacuna {
namespace {

/// `n` with leading zeros in so many digits before `to`.
void put_digits(char* to, unsigned n, int digits) {
    for (int i = 0; i < digits; ++i, n /= 10)
        *--to = static_cast<char>('0' + n % 10);
}

} // namespace

void append_rfc3339(std::string& out, TimeNs time) {
    using namespace std::chrono;
    constexpr TimeNs kDay = nanoseconds(days(1)).count();
    // Not floor<days>(): the beginning of the earliest day is no TimeNs.
    const TimeNs of_day = (time % kDay + kDay) % kDay;
    const year_month_day date{sys_days(days(time / kDay - (time % kDay < 0 ? 1 : 0)))};
    const hh_mm_ss clock{nanoseconds(of_day)};
    char text[] = "0000-00-00T00:00:00.000000000Z";
    put_digits(text + 4, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_digits(text + 7, static_cast<unsigned>(date.month()), 2);
    put_digits(text + 10, static_cast<unsigned>(date.day()), 2);
    put_digits(text + 13, static_cast<unsigned>(clock.hours().count()), 2);
    put_digits(text + 16, static_cast<unsigned>(clock.minutes().count()), 2);
    put_digits(text + 19, static_cast<unsigned>(clock.seconds().count()), 2);
    put_digits(text + 29, static_cast<unsigned>(clock.subseconds().count()), 9);
    out.append(text, sizeof text - 1);
}

std::string rfc3339(TimeNs time) {
    std::string text;
    append_rfc3339(text, time);
    return text;
}

} // namespace lacuna
