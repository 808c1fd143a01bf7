#include "path/remarks.hpp"

#include "base/time_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::path {
namespace {

/// Clocks of one path that differ by more are worth a remark.
constexpr TimeNs kClocksDiffer = 10'000'000'000;

/// "west: 16 SAs, 2026-01-01T00:00:00Z to …"
std::string seen(const Tap& t) {
    if (t.sas.size() == 0) return t.name + " saw no SA";
    return fmt::format("{} saw {} SA{} from {} to {}", t.name, t.sas.size(),
                       t.sas.size() == 1 ? "" : "s", rfc3339(t.earliest), rfc3339(t.latest));
}

std::string all_seen(std::span<const Tap> taps) {
    std::string text;
    for (const Tap& t : taps)
        text += (text.empty() ? "" : ", ") + seen(t);
    return text;
}

bool apart_in_time(std::span<const Tap> taps) {
    TimeNs latest_begin = taps.front().earliest, first_end = taps.front().latest;
    for (const Tap& t : taps) {
        latest_begin = std::max(latest_begin, t.earliest);
        first_end = std::min(first_end, t.latest);
    }
    return latest_begin > first_end;
}

std::string clock_text(TimeNs difference) {
    const double s = static_cast<double>(difference) / 1e9;
    return s < 120    ? fmt::format("{:.1f} s", s)
           : s < 7200 ? fmt::format("{:.1f} min", s / 60)
                      : fmt::format("{:.1f} h", s / 3600);
}

} // namespace

Error nothing_common(std::span<const Tap> taps) {
    return {"no SA was seen at two of the taps", "", all_seen(taps), 2};
}

Error no_number_common(std::span<const Tap> taps, std::size_t common) {
    const std::string sas =
        common == 1 ? "one SA is common" : fmt::format("{} SAs are common", common);
    return {sas + " to the taps, but none of the numbers"
                + (apart_in_time(taps) ? ": they do not overlap in time" : ""),
            "", all_seen(taps), 2};
}

std::vector<std::string> path_remarks(std::span<const Tap> taps, const PathResult& result,
                                      const std::vector<TimeNs>& clocks) {
    std::vector<std::string> lines;
    for (const Tap& t : taps)
        for (const std::string& remark : t.remarks)
            lines.push_back(t.name + ": " + remark);
    for (std::size_t t = 0; t < taps.size(); ++t) {
        const TapResult& tap = result.taps[t];
        if (tap.flows == 0)
            lines.push_back(tap.name + " saw no SA at all");
        else if (tap.flows == tap.alone)
            lines.push_back(fmt::format("none of the {} SAs of {} was seen at another tap",
                                        tap.flows, tap.name));
        const TimeNs ahead = clocks[t] - clocks[0];
        if (ahead > kClocksDiffer || -ahead > kClocksDiffer)
            lines.push_back(
                fmt::format("the clock of {} is {} {} that of {}: what was lost is told by numbers "
                            "and is right "
                            "all the same, but delays and directions are what the clocks say",
                            tap.name, clock_text(ahead < 0 ? -ahead : ahead),
                            ahead < 0 ? "behind" : "ahead of", result.taps[0].name));
    }
    const auto apart = std::count_if(result.sas.begin(), result.sas.end(),
                                     [](const FlowResult& f) { return f.compared == 0; });
    if (apart != 0)
        lines.push_back(
            fmt::format("{} SA{} seen at several taps, but with no number in common: not compared",
                        apart, apart == 1 ? " was" : "s were"));
    const auto lost = std::count_if(result.sas.begin(), result.sas.end(), [](const FlowResult& f) {
        return f.compared != 0 && f.direction == Direction::unknown;
    });
    if (lost != 0)
        lines.push_back(fmt::format("the direction of {} SA{} is unknown: neither times nor losses "
                                    "tell it",
                                    lost, lost == 1 ? "" : "s"));
    const auto renamed = std::count_if(result.sas.begin(), result.sas.end(),
                                       [](const FlowResult& f) { return !f.renamed.empty(); });
    if (renamed != 0)
        lines.push_back(fmt::format("{} SA{} destination on the way: matched by SPI, numbers and "
                                    "time",
                                    renamed, renamed == 1 ? " changed its" : "s changed their"));
    std::uint64_t hops = 0;
    for (const TapResult& t : result.taps)
        hops += t.macsec_alone;
    if (hops != 0)
        lines.push_back(
            fmt::format("{} MACsec SA{} seen at one tap only: MACsec ends at every hop, so "
                        "only taps of the same hop can be compared by it",
                        hops, hops == 1 ? " was" : "s were"));
    return lines;
}

} // namespace lacuna::path
