#include "base/output.hpp"
#include "names/given.hpp"
#include "report/json/field_json.hpp"
#include "report/rows.hpp"
#include "report/tunnels.hpp"
#include "report/views.hpp"

namespace lacuna::report {

std::string csv_text(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == text.npos) return text;
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

std::string csv_header() {
    std::string text;
    for (const flow::Field* f : csv_fields())
        text += (text.empty() ? "" : ",") + std::string(f->name);
    return text + (names::given() != nullptr ? ",tunnel,name\r\n" : "\r\n");
}

void append_csv(std::string& out, const flow::SaSummary& s) {
    // No field can hold a comma or a quote: ids, times and numbers only.
    const char* separator = "";
    for (const flow::Field* f : csv_fields()) {
        out += separator;
        append_plain(out, *f, s);
        separator = ",";
    }
    if (names::given() != nullptr)
        out += ',' + tunnel_id(s) + ',' + csv_text(names::name_of(s));
    out += "\r\n";
}

bool write_csv(std::FILE* file, const Report& report, const ViewOptions& options) {
    Output out(file);
    out.text = csv_header();
    flow::SaSummary s;
    for (const flow::RowRef ref : ordered_rows(report.rows, options.top, options.sort)) {
        report.rows.read(ref, s);
        append_csv(out.text, s);
        if (!out.good()) return false;
    }
    return out.end();
}

} // namespace lacuna::report
