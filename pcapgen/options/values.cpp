#include "pcapgen/options/values.hpp"

#include <charconv>
#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

constexpr unsigned kDecimals = 9;
constexpr std::uint64_t kMostWhole = 1'000'000;
constexpr std::size_t kMostListed = 16;

bool whole(std::string_view text, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

/// A whole number, with k, M or G that many thousands.
bool whole_with_unit(std::string_view text, std::uint64_t& value) {
    std::uint64_t factor = 1;
    if (!text.empty())
        if (const auto unit = std::string_view("kMG").find(text.back()); unit != text.npos) {
            for (std::size_t i = 0; i <= unit; ++i)
                factor *= 1000;
            text.remove_suffix(1);
        }
    return whole(text, value) && !__builtin_mul_overflow(value, factor, &value);
}

Error bad(const std::string& option, const std::string& text, std::string wanted) {
    return Error{fmt::format("\"{}\" is not usable", text), option, "give " + std::move(wanted)};
}

} // namespace

Result<std::uint64_t> parse_billionths(const std::string& text, const std::string& option) {
    const std::string wanted = "a number like 0.05 or 5%, with at most 9 decimals";
    std::string_view mantissa = text;
    std::uint64_t shift = 0; // decimal places to the left
    constexpr std::uint64_t kPercent = 2;
    const bool percent = mantissa.ends_with('%');
    if (percent) mantissa.remove_suffix(1);
    if (const auto e = mantissa.find_first_of("eE"); e != std::string_view::npos) {
        const std::string_view exponent = mantissa.substr(e + 1);
        if (!exponent.starts_with('-') || !whole(exponent.substr(1), shift) || shift > kDecimals)
            return bad(option, text, wanted);
        mantissa = mantissa.substr(0, e);
    }
    if (percent) shift += kPercent;
    const auto point = mantissa.find('.');
    const std::string_view integer = mantissa.substr(0, point);
    std::string_view fraction;
    if (point != std::string_view::npos) fraction = mantissa.substr(point + 1);
    if (integer.empty() && fraction.empty()) return bad(option, text, wanted);
    while (fraction.ends_with('0'))
        fraction.remove_suffix(1);

    const std::string digits = std::string(integer) + std::string(fraction);
    std::uint64_t value = 0;
    if (fraction.size() + shift > kDecimals || digits.size() > 15
        || (!digits.empty() && !whole(digits, value)))
        return bad(option, text, wanted);
    for (std::size_t i = fraction.size() + shift; i < kDecimals; ++i) {
        if (value > kMostWhole * kBillion / 10) return bad(option, text, wanted);
        value *= 10;
    }
    return value;
}

Result<Chance> parse_chance(const std::string& text, const std::string& option) {
    auto parts = parse_billionths(text, option);
    if (!parts) return parts.error();
    if (*parts > kBillion) return bad(option, text, "a number between 0 and 1");
    return ((*parts << 32) + kBillion / 2) / kBillion;
}

Result<std::uint64_t> parse_whole(const std::string& text, const std::string& option,
                                  std::uint64_t min, std::uint64_t max) {
    std::uint64_t value = 0;
    if (!whole_with_unit(text, value) || value < min || value > max)
        return bad(option, text, fmt::format("a whole number from {} to {}", min, max));
    return value;
}

Result<Range> parse_range(const std::string& text, const std::string& option, Range allowed) {
    const auto dash = text.find('-');
    const std::string low = text.substr(0, dash);
    const std::string high = dash == std::string::npos ? low : text.substr(dash + 1);
    std::uint64_t min = 0;
    std::uint64_t max = 0;
    if (!whole(low, min) || !whole(high, max) || min > max || min < allowed.min
        || max > allowed.max)
        return bad(option, text,
                   fmt::format("N or MIN-MAX from {} to {}", allowed.min, allowed.max));
    return Range{static_cast<std::uint32_t>(min), static_cast<std::uint32_t>(max)};
}

Result<Sizes> parse_sizes(const std::string& text) {
    if (text == "imix") return Sizes{true, {64, 1514}};
    auto range = parse_range(text, "--size", {kSmallestFrame, kLargestFrame});
    if (!range) {
        Error error = range.error();
        error.hint += " octets without FCS, or imix";
        return error;
    }
    return Sizes{false, *range};
}

Result<std::vector<std::uint32_t>> parse_list(const std::string& text, const std::string& option,
                                              std::uint32_t max) {
    std::vector<std::uint32_t> list;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::uint64_t value = 0;
        if (!whole(std::string_view(text).substr(at, comma - at), value) || value > max
            || list.size() == kMostListed)
            return bad(option, text,
                       fmt::format("up to {} numbers from 0 to {}, separated by commas",
                                   kMostListed, max));
        list.push_back(static_cast<std::uint32_t>(value));
        at = comma + 1;
    }
    return list;
}

} // namespace lacuna::pcapgen
