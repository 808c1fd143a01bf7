#include "telemetry/text/metrics_text.hpp"

#include "telemetry/text/figures_json.hpp"
#include "telemetry/text/metric_family.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <prometheus/text_serializer.h>

namespace lacuna::telemetry {
namespace {

double finite(const Number& n) {
    const double v = std::visit([](auto x) { return static_cast<double>(x); }, n);
    return std::isfinite(v) ? v : 0.0;
}

prometheus::ClientMetric metric_of(const Figure& f, const Sample& s) {
    prometheus::ClientMetric m;
    for (std::size_t i = 0; i < s.of.size(); ++i)
        m.label.push_back({f.group->labels[i], clean_text(s.of[i])});
    if (f.label != nullptr) m.label.push_back({f.label, clean_text(s.part)});
    (f.kind == Kind::counter ? m.counter.value : m.gauge.value) = finite(s.value);
    return m;
}

std::string_view trimmed(std::string_view text) {
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Takes the text up to `separator` off the front of `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(at == rest.npos ? rest.size() : at + 1);
    return trimmed(part);
}

/// The weight `range` gives itself: q=0 to q=1, 1 where it says nothing.
double weight(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string p = lower(next_part(parameters, ';'));
        if (!p.starts_with("q=")) continue;
        const double q = std::strtod(p.c_str() + 2, nullptr);
        return std::isfinite(q) ? std::clamp(q, 0.0, 1.0) : 0.0;
    }
    return 1.0;
}

} // namespace

std::vector<Family> read_families(const std::vector<Figure>& table, const Snapshot& from) {
    std::vector<Family> out;
    for (const Figure& f : table) {
        if (f.metric == nullptr) continue;
        Samples samples;
        f.read(from, samples);
        if (samples.all().empty()) continue;
        Family family{&f, {f.metric, f.help, prometheus::MetricType::Gauge, {}}};
        if (f.kind == Kind::counter) family.samples.type = prometheus::MetricType::Counter;
        for (const Sample& s : samples.all())
            family.samples.metric.push_back(metric_of(f, s));
        out.push_back(std::move(family));
    }
    return out;
}

Format wanted_format(std::string_view accept) {
    double open = 0;
    double plain = 0;
    while (!accept.empty()) {
        std::string_view range = next_part(accept, ',');
        const std::string type = lower(next_part(range, ';'));
        if (type == "application/openmetrics-text") open = std::max(open, weight(range));
        if (type == "text/plain" || type == "text/*") plain = std::max(plain, weight(range));
    }
    return open > 0 && open >= plain ? Format::openmetrics : Format::prometheus;
}

const char* content_type(Format format) {
    return format == Format::openmetrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string metrics_text(const Snapshot& from, Format format) {
    const std::vector<Figure> table = figures();
    std::vector<Family> families = read_families(table, from);
    if (format == Format::openmetrics) return open_metrics(families);
    std::vector<prometheus::MetricFamily> plain;
    for (Family& f : families)
        plain.push_back(std::move(f.samples));
    return prometheus::TextSerializer().Serialize(plain);
}

} // namespace lacuna::telemetry
