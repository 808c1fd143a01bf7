#include "pcapgen/taps/plan.hpp"

#include "base/split.hpp"
#include "pcapgen/options/values.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

Error bad_delay(const std::string& text) {
    return Error{fmt::format("\"{}\" is not usable", text), "--segment-delay",
                 "give TIME or TIME-TIME of at most 60s, with ns, us, ms or s, as 200us-3ms"};
}

/// "300us" in nanoseconds.
Result<TimeNs> parse_time(const std::string& text) {
    constexpr struct {
        const char* name;
        TimeNs ns;
    } kUnits[] = {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};
    constexpr TimeNs kMost = 60'000'000'000;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    for (const auto& unit : kUnits) {
        if (digits == 0 || text.substr(digits) != unit.name) continue;
        auto value =
            parse_whole(text.substr(0, digits), "", 0, static_cast<std::uint64_t>(kMost / unit.ns));
        if (value) return static_cast<TimeNs>(*value) * unit.ns;
    }
    return bad_delay(text);
}

Result<Delay> parse_delay(const std::string& text) {
    const std::size_t dash = text.find('-');
    auto min = parse_time(text.substr(0, dash));
    auto max = dash == std::string::npos ? min : parse_time(text.substr(dash + 1));
    if (!min || !max || *max < *min) return bad_delay(text);
    return Delay{*min, *max};
}

/// Elements of a list; the last one stands for what is missing of `count`.
template <typename T, typename Parse>
Status parse_each(const std::string& text, const char* option, std::size_t count,
                  std::vector<T>& into, Parse parse) {
    const std::vector<std::string> parts = split(text, ',');
    if (parts.size() > count)
        return Error{fmt::format("{} values for {}", parts.size(), count), option,
                     "give one, or one for each"};
    for (std::size_t i = 0; i < count; ++i) {
        auto value = parse(parts[std::min(i, parts.size() - 1)]);
        if (!value) return value.error();
        into.push_back(*value);
    }
    return {};
}

} // namespace

Result<TapPlan> check_taps(const RawTaps& raw) {
    TapPlan plan;
    if (raw.names.empty()) return plan;
    plan.names = split(raw.names, ',');
    std::vector<std::string> sorted = plan.names;
    std::sort(sorted.begin(), sorted.end());
    const bool usable = std::all_of(sorted.begin(), sorted.end(), [](const std::string& name) {
        return !name.empty() && name.find_first_of("/|=\"\\") == std::string::npos;
    });
    if (!usable || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()
        || plan.names.size() < 2 || plan.names.size() > kMostTaps)
        return Error{fmt::format("\"{}\" is not usable", raw.names), "--taps",
                     "give two to eight different names, as west,mid,east"};
    const auto chance = [](const char* option) {
        return [option](const std::string& text) { return parse_chance(text, option); };
    };
    const std::size_t taps = plan.names.size();
    if (Status s =
            parse_each(raw.loss, "--segment-loss", taps - 1, plan.loss, chance("--segment-loss"));
        !s)
        return s.error();
    if (Status s = parse_each(raw.delay, "--segment-delay", taps - 1, plan.delay, parse_delay); !s)
        return s.error();
    if (Status s = parse_each(raw.miss, "--tap-miss", taps, plan.miss, chance("--tap-miss")); !s)
        return s.error();
    auto reverse = parse_chance(raw.reverse, "--reverse-share");
    if (!reverse) return reverse.error();
    plan.reverse = *reverse;
    return plan;
}

std::string tap_file(const std::string& output, const std::string& tap) {
    const std::size_t slash = output.rfind('/');
    const std::size_t dot = output.rfind('.');
    if (dot == std::string::npos || (slash != std::string::npos && dot < slash))
        return output + "." + tap;
    return output.substr(0, dot) + "." + tap + output.substr(dot);
}

std::string path_truth_file(const std::string& output) {
    return output + ".path.json";
}

} // namespace lacuna::pcapgen
