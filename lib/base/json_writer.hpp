// JSON (RFC 8259), written piece by piece: nothing is kept but the text.
#pragma once

#include "base/types.hpp"

#include <charconv>
#include <cmath>
#include <concepts>
#include <string>
#include <string_view>

namespace lacuna {

/// Appends `text` as a JSON string, quotes included. Octets that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends `n` in decimal.
template <std::integral T>
void append_decimal(std::string& out, T n) {
    char digits[24];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, n);
    out.append(digits, end);
}

/// Appends a finite `x` with so many digits behind the point, correctly rounded.
void append_fixed(std::string& out, double x, int digits);

/// Appends values to a string and puts the commas between them. Where a member or an element may
/// stand is the caller's business. The string may be emptied between two calls (a long document
/// goes out in pieces).
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    /// The next member or element begins a new line.
    JsonWriter& line() {
        line_ = true;
        return *this;
    }

    /// The name of a member; its value follows. `name` needs no escaping.
    JsonWriter& key(std::string_view name) {
        separate();
        out_ += '"';
        out_ += name;
        out_ += "\":";
        first_ = true;
        return *this;
    }

    /// The same of a number, which JSON wants as text.
    JsonWriter& key(std::uint64_t name) {
        separate();
        out_ += '"';
        append_decimal(out_, name);
        out_ += "\":";
        first_ = true;
        return *this;
    }

    void value(bool b) { raw(b ? "true" : "false"); }
    template <std::integral T>
    void value(T n) {
        separate();
        append_decimal(out_, n);
    }
    void value(std::string_view text) {
        separate();
        append_json_string(out_, text);
    }
    void value(const char* text) { value(std::string_view(text)); }
    void null() { raw("null"); }
    /// RFC 3339.
    void time(TimeNs t);
    void fixed(double x, int digits) {
        separate();
        append_fixed(out_, x, digits);
    }
    /// Of any `x`: what is no number becomes null.
    void real(double x, int digits = 6) { std::isfinite(x) ? fixed(x, digits) : null(); }
    /// A value that is JSON already.
    void raw(std::string_view json) {
        separate();
        out_ += json;
    }

    template <typename T>
    void member(std::string_view name, const T& v) {
        key(name);
        value(v);
    }

    /// The text, for a value the caller appends: call it where a value may stand.
    std::string& text() {
        separate();
        return out_;
    }

private:
    JsonWriter& open(char bracket) {
        separate();
        out_ += bracket;
        first_ = true;
        return *this;
    }
    JsonWriter& close(char bracket) {
        if (line_) out_ += '\n';
        out_ += bracket;
        first_ = line_ = false;
        return *this;
    }
    void separate() {
        if (!first_) out_ += ',';
        if (line_) out_ += '\n';
        first_ = line_ = false;
    }

    std::string& out_;
    bool first_ = true; ///< nothing stands before in this object or array
    bool line_ = false;
};

} // namespace lacuna
