#include "base/time_text.hpp"

#include <chrono>

namespace lacuna {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;

/// Takes what it is asked for from the front of a text.
class Scan {
public:
    explicit Scan(std::string_view text) : text_(text) {}

    bool done() const { return text_.empty(); }
    bool digit() const { return !done() && text_.front() >= '0' && text_.front() <= '9'; }
    bool take(char c, char other = 0) {
        if (done() || (text_.front() != c && text_.front() != other)) return false;
        text_.remove_prefix(1);
        return true;
    }
    /// Exactly `count` digits; -1: they are not there.
    int digits(int count) {
        int value = 0;
        for (; count > 0; --count) {
            if (!digit()) return -1;
            value = value * 10 + next();
        }
        return value;
    }
    int next() {
        const int value = text_.front() - '0';
        text_.remove_prefix(1);
        return value;
    }
    /// Nanoseconds of a fraction, if there is one.
    std::optional<TimeNs> fraction() {
        if (!take('.')) return 0;
        if (!digit()) return std::nullopt;
        TimeNs ns = 0;
        for (TimeNs unit = kSecond / 10; digit(); unit /= 10)
            ns += next() * unit;
        return ns;
    }

private:
    std::string_view text_;
};

std::optional<TimeNs> in_ns(std::int64_t seconds, TimeNs fraction) {
    if (seconds < 0 && fraction > 0) { // so that the earliest TimeNs is not cut off
        ++seconds;
        fraction -= kSecond;
    }
    TimeNs whole = 0;
    if (__builtin_mul_overflow(seconds, kSecond, &whole)
        || __builtin_add_overflow(whole, fraction, &whole))
        return std::nullopt;
    return whole;
}

std::optional<TimeNs> parse_seconds(std::string_view text) {
    Scan in(text);
    const bool negative = in.take('-');
    if (!in.digit()) return std::nullopt;
    std::int64_t seconds = 0;
    while (in.digit())
        if (__builtin_mul_overflow(seconds, std::int64_t{10}, &seconds)
            || __builtin_add_overflow(seconds, std::int64_t{in.next()}, &seconds))
            return std::nullopt;
    const auto fraction = in.fraction();
    if (!fraction || !in.done()) return std::nullopt;
    return negative ? in_ns(-seconds, -*fraction) : in_ns(seconds, *fraction);
}

/// Seconds east of UTC.
std::optional<int> parse_offset(Scan& in) {
    if (in.take('Z', 'z')) return 0;
    const bool west = in.take('-');
    if (!west && !in.take('+')) return std::nullopt;
    const int hours = in.digits(2);
    if (hours < 0 || hours > 23 || !in.take(':')) return std::nullopt;
    const int minutes = in.digits(2);
    if (minutes < 0 || minutes > 59) return std::nullopt;
    const int seconds = hours * 3600 + minutes * 60;
    return west ? -seconds : seconds;
}

std::optional<TimeNs> parse_date(std::string_view text) {
    using namespace std::chrono;
    Scan in(text);
    const int y = in.digits(4);
    if (y < 0 || !in.take('-')) return std::nullopt;
    const int m = in.digits(2);
    if (m < 0 || !in.take('-')) return std::nullopt;
    const int d = in.digits(2);
    if (d < 0 || (!in.take('T', 't') && !in.take(' '))) return std::nullopt;
    const year_month_day date{year(y), month(static_cast<unsigned>(m)),
                              day(static_cast<unsigned>(d))};
    const int h = in.digits(2);
    if (!date.ok() || h < 0 || h > 23 || !in.take(':')) return std::nullopt;
    const int min = in.digits(2);
    if (min < 0 || min > 59 || !in.take(':')) return std::nullopt;
    const int s = in.digits(2);
    if (s < 0 || s > 60) return std::nullopt; // 60: a leap second
    const auto fraction = in.fraction();
    const auto offset = fraction ? parse_offset(in) : std::nullopt;
    if (!offset || !in.done()) return std::nullopt;
    const std::int64_t days = sys_days(date).time_since_epoch().count();
    return in_ns(days * 86'400 + h * 3600 + min * 60 + s - *offset, *fraction);
}

} // namespace

std::optional<TimeNs> parse_time(std::string_view text) {
    const bool date = text.size() > 4 && text[4] == '-';
    return date ? parse_date(text) : parse_seconds(text);
}

} // namespace lacuna
