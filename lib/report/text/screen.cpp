#include "report/text/screen.hpp"

#include <algorithm>

namespace lacuna::report {
namespace {

/// ECMA-48 8.3.117. The eight basic colours, which every theme of a terminal makes readable.
const char* begin_of(Tone tone) {
    switch (tone) {
    case Tone::strong:
        return "\033[1m";
    case Tone::quiet:
        return "\033[2m";
    case Tone::good:
        return "\033[32m";
    case Tone::warning:
        return "\033[33m";
    case Tone::bad:
        return "\033[31m";
    case Tone::plain:
        break;
    }
    return "";
}

} // namespace

Screen& screen() {
    static Screen only;
    return only;
}

std::string painted(std::string_view text, Tone tone, const Screen& on) {
    if (!on.colour || tone == Tone::plain || text.empty()) return std::string(text);
    return begin_of(tone) + std::string(text) + "\033[0m";
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t columns) {
    return std::string(text) + std::string(columns - std::min(columns, width_of(text)), ' ');
}

std::string aligned_right(std::string_view text, std::size_t columns) {
    return std::string(columns - std::min(columns, width_of(text)), ' ') + std::string(text);
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t width = width_of(word);
        if (used != 0 && used + 1 + width > columns) {
            out += '\n' + std::string(indent, ' ');
            used = indent;
        } else if (!out.empty()) {
            out += ' ';
            ++used;
        }
        out += word;
        used += width;
    }
    return out;
}

} // namespace lacuna::report
