// TabSeparated, the form rows travel in: a row a line, fields between tabs, escapes by backslash.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::fleet {

/// Appends fields to rows. Does not own the text.
class RowWriter {
public:
    explicit RowWriter(std::string& out) : out_(out) {}

    template <std::integral T>
    void number(T n) {
        char digits[24];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, n);
        separate();
        out_.append(digits, end);
    }
    /// Any octets.
    void text(std::string_view s) {
        separate();
        for (const char c : s)
            switch (c) {
            case '\t':
                out_ += "\\t";
                break;
            case '\n':
                out_ += "\\n";
                break;
            case '\r':
                out_ += "\\r";
                break;
            case '\0':
                out_ += "\\0";
                break;
            case '\\':
                out_ += "\\\\";
                break;
            default:
                out_ += c;
            }
    }
    template <typename List>
    void numbers(const List& list) {
        separate();
        char before = '[';
        for (const auto n : list) {
            char digits[24];
            const auto [end, error] = std::to_chars(digits, digits + sizeof digits, n);
            out_ += before;
            out_.append(digits, end);
            before = ',';
        }
        out_ += before == '[' ? "[]" : "]";
    }
    void end() {
        out_ += '\n';
        first_ = true;
    }

private:
    void separate() {
        if (!first_) out_ += '\t';
        first_ = false;
    }
    std::string& out_;
    bool first_ = true;
};

/// The fields of a line, which has no end of line any more.
std::vector<std::string> read_row(std::string_view line);

} // namespace lacuna::fleet
