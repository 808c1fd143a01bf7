#include "report/json/span_json.hpp"

#include "flow/fields/table.hpp"
#include "report/text/clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::report {
namespace {

/// Whether a field is told for a span: sums the time series keep, and what follows from them.
bool in_series(std::string_view field) {
    static constexpr std::string_view kTold[] = {
        "id",         "protocol", "src",      "dst",        "inside",     "flows",
        "received",   "bytes",    "lost",     "lost_blind", "loss_ratio", "late",
        "duplicates", "too_old",  "restarts", "first_time", "last_time",  "rate_bps"};
    return std::find(std::begin(kTold), std::end(kTold), field) != std::end(kTold);
}

} // namespace

std::vector<const char*> not_of_span(const store::SpanAnswer& span) {
    std::vector<const char*> names;
    if (!span.partial) return names;
    for (const flow::Field& f : flow::kFields)
        if ((f.in & (flow::kReport | flow::kTotals)) != 0 && !in_series(f.name))
            names.push_back(f.name);
    return names;
}

void write_span(JsonWriter& json, const store::SpanAnswer& span) {
    const bool any = !span.runs.empty();
    json.begin_object();
    json.key("since");
    any ? json.time(span.since) : json.null();
    json.key("until");
    any ? json.time(span.until) : json.null();
    json.key("runs").begin_array();
    for (const store::RunId run : span.runs)
        json.value(run);
    json.end_array();
    json.key("not_of_span").begin_array();
    for (const char* name : not_of_span(span))
        json.value(name);
    json.end_array();
    json.member("complete", span.complete);
    json.end_object();
}

std::string span_text(const store::SpanAnswer& span) {
    if (span.runs.empty()) return "No run has packets in that time.\n";
    std::string runs;
    for (const store::RunId run : span.runs)
        runs += fmt::format("{}{}", runs.empty() ? "" : ", ", run);
    std::string text = fmt::format("from {}, run{} {}\n", local_span(span.since, span.until),
                                   span.runs.size() == 1 ? "" : "s", runs);
    if (span.partial)
        text +=
            "(Fields the time series does not keep, as the gaps, are those of whole runs; --json "
            "lists them.)\n";
    if (!span.complete) text += "(The store does not hold all records of these runs.)\n";
    return text;
}

} // namespace lacuna::report
