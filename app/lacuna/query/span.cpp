#include "query/span.hpp"

#include "base/time_text.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Where a run stands, in packet time.
TimeNs present_of(const store::RunRecord& run) {
    return run.figures.latest != 0 ? run.figures.latest
                                   : std::max({run.started, run.ended, run.written});
}

/// "2026-01-31", "2026-01-31 12:00" or "2026-01-31 12:00:05" (T for the blank as well), or "12:00"
/// or "12:00:05", which is the last one before `present`; in the local zone.
std::optional<TimeNs> local_time(const std::string& text, TimeNs present) {
    static constexpr const char* kForms[] = {
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
        "%Y-%m-%d",          "%H:%M:%S",          "%H:%M"};
    constexpr TimeNs kSecond = 1'000'000'000;
    for (const char* form : kForms) {
        const bool of_day = form[1] == 'H';
        std::tm tm{};
        if (of_day) {
            const auto seconds = static_cast<std::time_t>(present / kSecond);
            if (localtime_r(&seconds, &tm) == nullptr) return std::nullopt;
            tm.tm_sec = 0;
        }
        const char* end = strptime(text.c_str(), form, &tm);
        if (end == nullptr || *end != '\0') continue;
        tm.tm_isdst = -1;
        TimeNs time = 0;
        if (__builtin_mul_overflow(TimeNs{std::mktime(&tm)}, kSecond, &time)) return std::nullopt;
        if (!of_day || time <= present) return time;
        --tm.tm_mday;
        tm.tm_isdst = -1;
        return std::mktime(&tm) * kSecond;
    }
    return std::nullopt;
}

std::optional<TimeNs> time_from(const std::string& text, TimeNs present) {
    // Digits alone are seconds since 1970, as everywhere.
    if (const auto time = parse_time(text)) return time;
    if (const auto time = local_time(text, present)) return time;
    const auto span = config::span_from(text);
    if (!span) return std::nullopt;
    TimeNs time = 0;
    if (__builtin_sub_overflow(present, *span, &time)) return std::numeric_limits<TimeNs>::min();
    return time;
}

} // namespace

Result<TimeSpan> time_span(const std::string& since, const std::string& until,
                           const store::RunRecord& run) {
    TimeSpan span;
    for (const auto& [flag, text, slot] :
         {std::tuple("--since", &since, &span.since), std::tuple("--until", &until, &span.until)}) {
        if (text->empty()) continue;
        const auto time = time_from(*text, present_of(run));
        if (!time)
            return Error{
                fmt::format("{} {} is not a time", flag, *text), "",
                "give 2026-01-31T12:00:00Z, \"2026-01-31 12:00\", 12:00, or 10m for so long "
                "before the latest packet",
                2};
        *slot = *time;
    }
    if (span.since >= span.until)
        return Error{"--since is not before --until", "",
                     fmt::format("they are {} and {}", rfc3339(span.since), rfc3339(span.until)),
                     2};
    return span;
}

} // namespace lacuna::app
