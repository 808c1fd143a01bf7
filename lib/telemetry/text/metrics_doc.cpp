#include "telemetry/text/metrics_doc.hpp"

#include "telemetry/figures/registry.hpp"

#include <fmt/format.h>
#include <iterator>

namespace lacuna::telemetry {
namespace {

constexpr const char* kHead = R"(# Figures

<!-- Written by build/doc/metrics-doc from the registry of figures (lib/telemetry); a test compares. -->

Every figure has one name in JSON (the report's where the report has it; the telemetry socket and
REST statistics use it) and one for Prometheus (`GET /metrics`). What each number means is in
[semantics.md](semantics.md).

- A **counter** never falls while the process lives. `lost` can fall, because a late packet may fill
  a hole; so `lacuna_lost_packets_total` counts final numbers (missing for `--final-after`, or out of the
  memory), `lacuna_recovered_packets_total` those that came after all, and the gauge `lacuna_missing_packets`
  those still open. `lost` is the first less the second, and the third.
- Figures that a recognised restart may take back are **gauges** too. Over gauges use `delta()` or
  `deriv()`, not `rate()`.
- The number of time series is bounded: associations appear one by one only where they lose most
  (20 of them; `--metrics-flows`), the others together as `flow="rest"`.
- Sums are gathered at most four times a second, however many ask, in pieces between the bursts of the
  workers. Where a worker does not answer in time the latest sums stand, and
  `lacuna_sums_age_seconds` shows it.
- Figures of a thing a run does not have (a store, ports, an XDP program) are absent.
)";

/// Text inside a cell of a table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string labels_of(const Figure& f) {
    std::string out;
    for (std::size_t i = 0; i < f.group->label_count(); ++i)
        out += std::string(out.empty() ? "" : ", ") + "`" + f.group->labels[i] + "`";
    if (f.label != nullptr) out += std::string(out.empty() ? "" : ", ") + "`" + f.label + "`";
    return out;
}

const char* kind_name(Kind k) {
    return k == Kind::counter ? "counter" : k == Kind::info ? "info" : "gauge";
}

} // namespace

std::string metrics_doc() {
    std::string out = kHead;
    auto to = std::back_inserter(out);
    const Group* group = nullptr;
    for (const Figure& f : figures()) {
        if (f.group != group) {
            group = f.group;
            fmt::format_to(to,
                           "\n## {}\n\nIn JSON: `{}`\n\n| JSON | Prometheus | type | unit | labels "
                           "| meaning |\n|---|---|---|---|---|---|\n",
                           group->title, group->key);
        }
        const std::string metric = f.metric == nullptr ? "" : fmt::format("`{}`", f.metric);
        fmt::format_to(to, "| `{}` | {} | {} | {} | {} | {} |\n", f.key, metric, kind_name(f.kind),
                       f.unit, labels_of(f), cell(f.help));
    }
    return out;
}

} // namespace lacuna::telemetry
