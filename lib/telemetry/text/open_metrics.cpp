// OpenMetrics 1.0 (github.com/OpenObservability/OpenMetrics); prometheus-cpp writes 0.0.4 only.
#include "telemetry/text/metric_family.hpp"

#include <cmath>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::telemetry {
namespace {

/// Backslash, line feed and quotation mark, as "escaped-char" of the grammar.
void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\\' || c == '"')
            out.append({'\\', c});
        else
            out += c;
    }
}

/// The name of the family: samples of counters and infos carry a suffix the family has not.
std::string_view family_name(const Figure& f) {
    std::string_view name = f.metric;
    for (const std::string_view suffix : {"_total", "_info"})
        if (f.kind != Kind::gauge && name.ends_with(suffix)) name.remove_suffix(suffix.size());
    return name;
}

const char* type_name(Kind kind) {
    return kind == Kind::counter ? "counter" : kind == Kind::info ? "info" : "gauge";
}

void append_number(std::string& out, double v) {
    constexpr double kExact = 9007199254740992.0; // 2^53
    if (v == std::floor(v) && std::fabs(v) < kExact)
        fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(v));
    else
        fmt::format_to(std::back_inserter(out), "{}", v);
}

void append_sample(std::string& out, const Figure& f, const prometheus::ClientMetric& m) {
    out += f.metric;
    if (!m.label.empty()) out += '{';
    for (std::size_t i = 0; i < m.label.size(); ++i) {
        if (i != 0) out += ',';
        out += m.label[i].name + "=\"";
        append_escaped(out, m.label[i].value);
        out += '"';
    }
    if (!m.label.empty()) out += '}';
    out += ' ';
    append_number(out, f.kind == Kind::counter ? m.counter.value : m.gauge.value);
    out += '\n';
}

} // namespace

std::string open_metrics(const std::vector<Family>& families) {
    std::string out;
    for (const Family& family : families) {
        const Figure& f = *family.figure;
        const std::string_view name = family_name(f);
        auto to = std::back_inserter(out);
        fmt::format_to(to, "# TYPE {} {}\n", name, type_name(f.kind));
        if (*f.unit != '\0') fmt::format_to(to, "# UNIT {} {}\n", name, f.unit);
        fmt::format_to(to, "# HELP {} ", name);
        append_escaped(out, f.help);
        out += '\n';
        for (const prometheus::ClientMetric& m : family.samples.metric)
            append_sample(out, f, m);
    }
    return out + "# EOF\n";
}

} // namespace lacuna::telemetry
