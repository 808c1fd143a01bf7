#include "base/output.hpp"
#include "report/json/field_json.hpp"
#include "report/rows.hpp"
#include "report/views.hpp"

namespace lacuna::report {

std::string csv_header() {
    std::string text;
    for (const flow::Field* f : csv_fields())
        text += (text.empty() ? "" : ",") + std::string(f->name);
    return text + "\r\n";
}

void append_csv(std::string& out, const flow::SaSummary& s) {
    // No field can hold a comma or a quote: ids, times and numbers only.
    const char* separator = "";
    for (const flow::Field* f : csv_fields()) {
        out += separator;
        append_plain(out, *f, s);
        separator = ",";
    }
    out += "\r\n";
}

bool write_csv(std::FILE* file, const Report& report, const ViewOptions& options) {
    Output out(file);
    out.text = csv_header();
    flow::SaSummary s;
    for (const flow::HeldRow ref : ordered_rows(report.rows, options.top, options.sort)) {
        report.rows.read(ref, s);
        append_csv(out.text, s);
        if (!out.good()) return false;
    }
    return out.end();
}

} // namespace lacuna::report
