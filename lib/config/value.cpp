#include "config/value.hpp"

#include "config/names.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace lacuna::config {
namespace {

/// Names and paths longer than this are mistakes.
constexpr std::size_t kLongestText = 4096;

bool in_range(const Key& key, std::int64_t n) {
    if (n == 0 && !key.zero.empty()) return true;
    if (n < key.low || n > key.high || n % key.multiple != 0) return false;
    return !key.power_of_two || (n & (n - 1)) == 0;
}

/// The range of every key fits the type of its slot.
bool store_number(const Key& key, const Slot& slot, std::int64_t n) {
    if (!in_range(key, n)) return false;
    if (auto* const* p = std::get_if<std::int32_t*>(&slot)) **p = static_cast<std::int32_t>(n);
    if (auto* const* p = std::get_if<std::uint32_t*>(&slot)) **p = static_cast<std::uint32_t>(n);
    if (auto* const* p = std::get_if<std::int64_t*>(&slot)) **p = n;
    if (auto* const* p = std::get_if<std::uint64_t*>(&slot)) **p = static_cast<std::uint64_t>(n);
    return true;
}

std::int64_t load_number(const Slot& slot) {
    if (auto* const* p = std::get_if<std::int32_t*>(&slot)) return **p;
    if (auto* const* p = std::get_if<std::uint32_t*>(&slot)) return **p;
    if (auto* const* p = std::get_if<std::uint64_t*>(&slot)) return static_cast<std::int64_t>(**p);
    return *std::get<std::int64_t*>(slot);
}

/// Octets, nanoseconds or bit/s in a value; nothing if it is neither.
std::optional<std::int64_t> quantity(const Key& key, const Value& value) {
    const bool span = key.kind == Kind::span;
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (key.kind == Kind::speed) return speed_from(*text);
        return span ? span_from(*text) : size_from(*text);
    }
    if (const auto* n = std::get_if<std::int64_t>(&value)) {
        std::int64_t product = 0;
        if (__builtin_mul_overflow(*n, span ? 1'000'000'000LL : 1LL, &product)) return std::nullopt;
        return product;
    }
    if (const auto* seconds = std::get_if<double>(&value); seconds != nullptr && span) {
        const double ns = std::round(*seconds * 1e9);
        if (ns >= 0 && ns < 9.2e18) return static_cast<std::int64_t>(ns);
    }
    return std::nullopt;
}

bool set_cpus(std::vector<unsigned>& cpus, const Value& value) {
    std::string list;
    if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&value)) {
        for (const std::int64_t n : *numbers)
            list += fmt::format("{}{}", list.empty() ? "" : ",", n);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        list = *text;
    } else if (const auto* n = std::get_if<std::int64_t>(&value)) {
        list = fmt::format("{}", *n);
    } else {
        return false;
    }
    auto read = cpus_from(list);
    if (read) cpus = std::move(*read);
    return read.has_value();
}

bool set_word(const Key& key, std::uint8_t& slot, const std::string& word) {
    const auto found = std::find(key.words.begin(), key.words.end(), word);
    if (found == key.words.end()) return false;
    slot = static_cast<std::uint8_t>(found - key.words.begin());
    return true;
}

bool set_string(const Key& key, std::string& slot, const std::string& text) {
    if (text.size() > kLongestText || !is_plain_text(text)) return false;
    if (key.valid != nullptr && !text.empty() && !key.valid(text)) return false;
    slot = text;
    return true;
}

std::string number_in_words(const Key& key) {
    if (key.power_of_two) return fmt::format("a power of two from {} to {}", key.low, key.high);
    if (key.multiple != 1)
        return fmt::format("a multiple of {} from {} to {}", key.multiple, key.low, key.high);
    if (key.high == INT64_MAX) return fmt::format("a whole number from {}", key.low);
    return fmt::format("a whole number from {} to {}", key.low, key.high);
}

std::string text_in_words(const Key& key) {
    return key.form.empty() ? "text of up to 4096 characters" : std::string(key.form);
}

} // namespace

bool set_value(const Key& key, Slot slot, const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    switch (key.kind) {
    case Kind::boolean:
        if (const bool* b = std::get_if<bool>(&value))
            return **std::get_if<bool*>(&slot) = *b, true;
        return false;
    case Kind::number:
        if (const auto* n = std::get_if<std::int64_t>(&value)) return store_number(key, slot, *n);
        return false;
    case Kind::size:
    case Kind::speed:
    case Kind::span: {
        const auto n = quantity(key, value);
        return n && store_number(key, slot, *n);
    }
    case Kind::text:
        return text != nullptr && set_string(key, *std::get<std::string*>(slot), *text);
    case Kind::choice:
        return text != nullptr && set_word(key, *std::get<std::uint8_t*>(slot), *text);
    case Kind::cpus:
        return set_cpus(*std::get<std::vector<unsigned>*>(slot), value);
    }
    return false;
}

bool set_text(const Key& key, Slot slot, const std::string& text) {
    if (key.kind == Kind::boolean) {
        for (const char* yes : {"true", "yes", "on", "1"})
            if (text == yes) return set_value(key, slot, true);
        for (const char* no : {"false", "no", "off", "0"})
            if (text == no) return set_value(key, slot, false);
        return false;
    }
    if (key.kind != Kind::number) return set_value(key, slot, text);
    std::int64_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    return code == std::errc() && end == text.data() + text.size() && set_value(key, slot, n);
}

std::string expected(const Key& key) {
    std::string words;
    switch (key.kind) {
    case Kind::boolean:
        return "true or false";
    case Kind::number:
        words = number_in_words(key);
        break;
    case Kind::size:
        words = fmt::format("a size of at least {}, like \"10GiB\"",
                            size_text(static_cast<std::uint64_t>(key.low)));
        break;
    case Kind::speed:
        words = fmt::format("a speed from {} to {} bit/s, like \"10G\"",
                            speed_text(static_cast<std::uint64_t>(key.low)),
                            speed_text(static_cast<std::uint64_t>(key.high)));
        break;
    case Kind::span:
        words = fmt::format("a time from {} to {}, like \"90s\" or \"30d\"", span_text(key.low),
                            span_text(key.high));
        break;
    case Kind::text:
        return text_in_words(key);
    case Kind::choice:
        for (std::size_t i = 0; i < key.words.size(); ++i)
            words += fmt::format("{}{}",
                                 i == 0                     ? ""
                                 : i + 1 < key.words.size() ? ", "
                                                            : " or ",
                                 key.words[i]);
        return words;
    case Kind::cpus:
        return "a list of CPUs like \"2-5,8\"";
    }
    if (!key.zero.empty()) words += fmt::format(", or 0 ({})", key.zero);
    return words;
}

std::string plain_value(const Key& key, Slot slot) {
    switch (key.kind) {
    case Kind::boolean:
        return *std::get<bool*>(slot) ? "true" : "false";
    case Kind::number:
        return fmt::format("{}", load_number(slot));
    case Kind::size:
        return size_text(static_cast<std::uint64_t>(load_number(slot)));
    case Kind::speed:
        return speed_text(static_cast<std::uint64_t>(load_number(slot)));
    case Kind::span:
        return span_text(load_number(slot));
    case Kind::text:
        return *std::get<std::string*>(slot);
    case Kind::choice:
        return std::string(key.words[*std::get<std::uint8_t*>(slot)]);
    case Kind::cpus:
        return cpus_text(*std::get<std::vector<unsigned>*>(slot));
    }
    return "";
}

std::string toml_value(const Key& key, Slot slot) {
    const std::string plain = plain_value(key, slot);
    return key.kind == Kind::boolean || key.kind == Kind::number ? plain : toml_string(plain);
}

std::string default_value(const Key& key) {
    RunConfig config;
    config.ports.emplace_back();
    return plain_value(key, slot_of(key, config, 0));
}

std::string default_hint(const Key& key) {
    const std::string value = default_value(key);
    return value.empty() ? "" : fmt::format("the default is {}", value);
}

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

} // namespace lacuna::config
