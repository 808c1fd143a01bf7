#include "api/parameters.hpp"

#include "base/time_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

constexpr std::size_t kLongestShown = 80;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Octets of the UTF-8 sequence at the front of `s`, which is not empty; 0: it is none. RFC 3629:
/// no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_length(std::string_view s) {
    const auto at = [s](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const unsigned char first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || s.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xC0) != 0x80) return 0;
    const bool bad_second = (first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F)
                            || (first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F);
    return bad_second ? 0 : length;
}

Problem bad(std::string detail, std::string_view parameter = {}) {
    return {400, std::move(detail), std::string(parameter.substr(0, kLongestShown))};
}

template <typename T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> finite_amount(std::string_view text) {
    const auto value = number<double>(text);
    return value && std::isfinite(*value) && *value >= 0 ? value : std::nullopt;
}

bool is_word(std::string_view value, std::string_view words) {
    while (!words.empty()) {
        const std::size_t end = std::min(words.find('|'), words.size());
        if (words.substr(0, end) == value) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

/// What is wrong with `value`; empty: nothing.
std::string complaint(const Parameter& p, std::string_view value) {
    switch (p.kind) {
    case Parameter::Kind::integer: {
        const auto n = number<std::int64_t>(value);
        if (n && *n >= p.lowest && *n <= p.highest) return "";
        return p.highest == INT64_MAX
                   ? fmt::format("must be an integer not below {}", p.lowest)
                   : fmt::format("must be an integer from {} to {}", p.lowest, p.highest);
    }
    case Parameter::Kind::amount:
        return finite_amount(value) ? "" : "must be a number that is not negative";
    case Parameter::Kind::time:
        return parse_time(value) ? ""
                                 : "must be a time like 2026-01-31T12:00:00Z, or seconds since "
                                   "1970";
    case Parameter::Kind::word:
        if (is_word(value, p.words)) return "";
        return fmt::format("must be one of {}", p.words);
    case Parameter::Kind::text:
        return value.empty() ? "must not be empty" : "";
    }
    return "";
}

std::string names_of(std::span<const Parameter> known) {
    if (known.empty()) return "there are none here";
    std::string names;
    for (const Parameter& p : known)
        names += (names.empty() ? "" : ", ") + std::string(p.name);
    return "there are " + names;
}

} // namespace

Outcome<std::string> decode_component(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0) return bad("'%' must be followed by two hexadecimal digits");
            out += static_cast<char>(high << 4 | low);
            i += 2;
        }
    }
    for (std::size_t i = 0; i < out.size();) {
        const std::size_t length = utf8_length(std::string_view(out).substr(i));
        if (length == 0) return bad("the address is not UTF-8");
        const auto c = static_cast<unsigned char>(out[i]);
        if (c < 0x20 || c == 0x7F) return bad("the address holds a control character");
        i += length;
    }
    return out;
}

Outcome<std::vector<std::string>> split_path(std::string_view path) {
    if (path.empty() || path.front() != '/') return bad("the path does not begin with '/'");
    std::vector<std::string> segments;
    for (path.remove_prefix(1);;) {
        const std::size_t end = std::min(path.find('/'), path.size());
        auto segment = decode_component(path.substr(0, end), false);
        if (!segment) return segment.error();
        segments.push_back(std::move(*segment));
        if (end == path.size()) return segments;
        path.remove_prefix(end + 1);
    }
}

Outcome<Parameters> Parameters::parse(std::string_view query, std::span<const Parameter> known) {
    Parameters result;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decode_component(pair.substr(0, equals), true);
        if (!name) return name.error();
        auto value = decode_component(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!value) return bad(value.error().detail, *name);
        const auto p = std::find_if(known.begin(), known.end(),
                                    [&](const Parameter& k) { return *name == k.name; });
        if (p == known.end()) return bad("no such parameter; " + names_of(known), *name);
        if (result.text(*name) != nullptr) return bad("the parameter is given twice", *name);
        if (std::string wrong = complaint(*p, *value); !wrong.empty())
            return bad(std::move(wrong), *name);
        result.values_.emplace_back(std::move(*name), std::move(*value));
    }
    return result;
}

const std::string* Parameters::text(std::string_view name) const {
    for (const auto& [known, value] : values_)
        if (known == name) return &value;
    return nullptr;
}

std::optional<std::int64_t> Parameters::integer(std::string_view name) const {
    const std::string* value = text(name);
    return value != nullptr ? number<std::int64_t>(*value) : std::nullopt;
}

std::optional<double> Parameters::amount(std::string_view name) const {
    const std::string* value = text(name);
    return value != nullptr ? finite_amount(*value) : std::nullopt;
}

std::optional<TimeNs> Parameters::time(std::string_view name) const {
    const std::string* value = text(name);
    return value != nullptr ? parse_time(*value) : std::nullopt;
}

} // namespace lacuna::api
