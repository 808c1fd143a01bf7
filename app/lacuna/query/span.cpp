#include "query/span.hpp"

#include "base/time_text.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Where a run stands, in packet time.
TimeNs present_of(const store::RunRecord& run) {
    return run.figures.latest != 0 ? run.figures.latest
                                   : std::max({run.started, run.ended, run.written});
}

std::optional<TimeNs> time_from(const std::string& text, TimeNs present) {
    // Digits alone are seconds since 1970, as everywhere.
    if (const auto time = parse_time(text)) return time;
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
            return Error{fmt::format("{} {} is not a time", flag, *text), "",
                         "give 2026-01-31T12:00:00Z, or 10m for so long before the latest packet",
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
