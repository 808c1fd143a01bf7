// Times, sizes and lists of CPUs, as people write them.
#include "config/value.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace lacuna::config {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

// Ascending: the longest name that fits is found from the end.
constexpr Unit kTimes[] = {{"ns", 1},
                           {"us", 1'000},
                           {"ms", 1'000'000},
                           {"s", 1'000'000'000},
                           {"m", 60'000'000'000},
                           {"h", 3'600'000'000'000},
                           {"d", 86'400'000'000'000}};
// The short names are taken, the long ones given.
constexpr Unit kSizes[] = {
    {"", 1},          {"K", 1LL << 10},   {"KiB", 1LL << 10}, {"M", 1LL << 20},  {"MiB", 1LL << 20},
    {"G", 1LL << 30}, {"GiB", 1LL << 30}, {"T", 1LL << 40},   {"TiB", 1LL << 40}};
constexpr Unit kSpeeds[] = {
    {"", 1}, {"k", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}, {"T", 1'000'000'000'000}};

/// A number not below 0 and one of `units`; `bare` is what a number alone counts in.
std::optional<std::int64_t> quantity(std::string_view text, std::span<const Unit> units,
                                     std::int64_t bare) {
    const auto digits = text.find_first_not_of("0123456789.");
    const std::string_view number = text.substr(0, digits);
    const std::string_view name = digits == text.npos ? "" : text.substr(digits);
    std::int64_t factor = name.empty() ? bare : 0;
    for (const Unit& u : units)
        if (!name.empty() && u.name == name) factor = u.factor;
    if (number.empty() || factor == 0) return std::nullopt;

    const char* const end = number.data() + number.size();
    std::int64_t whole = 0;
    if (const auto r = std::from_chars(number.data(), end, whole); r.ptr == end) {
        std::int64_t product = 0;
        if (r.ec != std::errc() || __builtin_mul_overflow(whole, factor, &product))
            return std::nullopt;
        return product;
    }
    double fraction = 0;
    if (const auto r = std::from_chars(number.data(), end, fraction);
        r.ec != std::errc() || r.ptr != end)
        return std::nullopt;
    const double product = std::round(fraction * static_cast<double>(factor));
    if (!(product >= 0 && product < 9.2e18)) return std::nullopt;
    return static_cast<std::int64_t>(product);
}

std::string largest_unit(std::uint64_t value, std::span<const Unit> units) {
    const Unit* best = units.data();
    for (const Unit& u : units)
        if (value % static_cast<std::uint64_t>(u.factor) == 0) best = &u;
    return fmt::format("{}{}", value / static_cast<std::uint64_t>(best->factor), best->name);
}

} // namespace

std::optional<std::int64_t> span_from(std::string_view text) {
    return quantity(text, kTimes, 1'000'000'000);
}

std::string span_text(std::int64_t ns) {
    return ns == 0 ? "0s" : largest_unit(static_cast<std::uint64_t>(ns), kTimes);
}

std::optional<std::int64_t> size_from(std::string_view text) {
    return quantity(text, kSizes, 1);
}

std::string size_text(std::uint64_t octets) {
    return octets == 0 ? "0" : largest_unit(octets, kSizes);
}

std::optional<std::int64_t> speed_from(std::string_view text) {
    return quantity(text, kSpeeds, 1);
}

std::string speed_text(std::uint64_t bits) {
    return bits == 0 ? "0" : largest_unit(bits, kSpeeds);
}

std::optional<std::vector<unsigned>> cpus_from(std::string_view text) {
    constexpr unsigned kHighest = 4095;
    constexpr std::size_t kMost = 1024;
    std::vector<unsigned> cpus;
    const auto number = [&text]() -> std::optional<unsigned> {
        unsigned n = 0;
        const auto r = std::from_chars(text.data(), text.data() + text.size(), n);
        if (r.ec != std::errc() || n > kHighest) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(r.ptr - text.data()));
        return n;
    };
    if (text.empty()) return cpus;
    for (;;) {
        const auto first = number();
        if (!first) return std::nullopt;
        auto last = first;
        if (text.starts_with('-')) {
            text.remove_prefix(1);
            last = number();
            if (!last || *last < *first) return std::nullopt;
        }
        if (cpus.size() + (*last - *first) >= kMost) return std::nullopt;
        for (unsigned cpu = *first; cpu <= *last; ++cpu)
            cpus.push_back(cpu);
        if (text.empty()) return cpus;
        if (!text.starts_with(',')) return std::nullopt;
        text.remove_prefix(1);
    }
}

std::string cpus_text(const std::vector<unsigned>& cpus) {
    std::string text;
    for (std::size_t i = 0; i < cpus.size();) {
        std::size_t last = i;
        while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1)
            ++last;
        if (!text.empty()) text += ',';
        text += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
        i = last + 1;
    }
    return text;
}

} // namespace lacuna::config
