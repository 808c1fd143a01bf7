#include "base/json_writer.hpp"

#include "base/time_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lacuna {

void append_json_string(std::string& out, std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    });
    if (plain) {
        out += '"';
        out += text;
        out += '"';
    } else {
        out += nlohmann::json(std::string(text))
                   .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
}

void append_fixed(std::string& out, double x, int digits) {
    char text[336]; // the largest double has 309 digits before the point
    const auto [end, error] =
        std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, digits);
    out.append(text, end);
}

void JsonWriter::time(TimeNs t) {
    separate();
    out_ += '"';
    append_rfc3339(out_, t);
    out_ += '"';
}

} // namespace lacuna
