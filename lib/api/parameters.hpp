// Paths and queries of requests, decoded strictly, and the parameters routes take.
#pragma once

#include "api/message.hpp"
#include "base/types.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace lacuna::api {

/// A parameter of a query: what it may be, for checking and for the description of the interface.
struct Parameter {
    enum class Kind : std::uint8_t {
        integer, ///< from `lowest` to `highest`
        amount,  ///< a decimal number, not negative
        time,    ///< RFC 3339, or seconds since the Unix epoch
        word,    ///< one of `words`, separated by '|'
        text,
    };
    const char* name;
    Kind kind;
    const char* description;
    std::int64_t lowest = 0;
    std::int64_t highest = INT64_MAX;
    const char* words = "";
    const char* fallback = nullptr; ///< what it is unless given; for the description
};

/// Undoes percent-encoding. Problems (400): an escape that is none, octets that are not UTF-8
/// (RFC 3629), control characters. `plus_is_space`: as in forms.
Outcome<std::string> decode_component(std::string_view text, bool plus_is_space);

/// A path in its decoded segments, without the empty one before the first '/'.
Outcome<std::vector<std::string>> split_path(std::string_view path);

/// The parameters of one request, each checked against what the route takes.
class Parameters {
public:
    /// Problems (400): an unknown parameter, one given twice, a value out of its range.
    static Outcome<Parameters> parse(std::string_view query, std::span<const Parameter> known);

    /// Of a parameter of that kind; nothing if it was not given.
    std::optional<std::int64_t> integer(std::string_view name) const;
    std::optional<double> amount(std::string_view name) const;
    std::optional<TimeNs> time(std::string_view name) const;
    const std::string* text(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

} // namespace lacuna::api
