#include "base/output.hpp"
#include "base/time_text.hpp"
#include "names/given.hpp"
#include "report/json/field_json.hpp"
#include "report/rows.hpp"
#include "report/text/lists/event_table.hpp"
#include "report/tunnels.hpp"
#include "report/views.hpp"
#include "wire/text/sa_text.hpp"

#include <fmt/format.h>
#include <iterator>

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
    if (names::given() != nullptr) out += ',' + tunnel_id(s) + ',' + csv_text(names::name_of(s));
    out += "\r\n";
}

const char* const kGapColumns = "flow_id,first_missing,next,size,time,blind\r\n";

void append_gap_csv(std::string& out, const flow::Gap& g) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{}\r\n", wire::sa_text(g.id),
                   g.first_missing, g.next, g.next - g.first_missing, rfc3339(g.time), g.blind);
}

const char* const kLateColumns = "flow_id,number,time,extent,verdict,window\r\n";

void append_late_csv(std::string& out, const flow::Event& e) {
    const auto window = window_for(static_cast<std::uint64_t>(e.b));
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{}\r\n", wire::sa_text(e.id), e.a,
                   rfc3339(e.time), e.b, verdict_name(e),
                   window ? std::to_string(*window) : std::string());
}

namespace {

template <typename List, typename Append>
bool write_lines(Output& out, const char* columns, const List& list, Append append) {
    out.text = columns;
    for (const auto& entry : list) {
        append(out.text, entry);
        if (!out.good()) return false;
    }
    return out.end();
}

} // namespace

bool write_csv(std::FILE* file, const Report& report, const ViewOptions& options) {
    Output out(file);
    if (options.gaps)
        return write_lines(out, kGapColumns, ordered_gaps(report, options.gap_limit),
                           append_gap_csv);
    if (options.late)
        return write_lines(out, kLateColumns, report.rows.late(options.late_limit),
                           append_late_csv);
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
