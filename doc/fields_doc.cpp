// Prints doc/fields.md from the table of fields: fields-doc > doc/fields.md
#include "api/objects/objects.hpp"
#include "flow/fields/table.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <iterator>

namespace {

using namespace lacuna;
using flow::Field;

constexpr const char* kHead = R"(# Fields

<!-- Written by build/doc/fields-doc from the table of fields (lib/flow/fields/rows.hpp); a test compares. -->

What lacuna says of a secure association (SA), and of all SAs together (`totals`). A field has one name in JSON
reports, CSV and `query`; REST keeps the names of an older interface for some. [semantics.md](semantics.md) says what
the numbers mean exactly; [metrics.md](metrics.md) lists the figures of the probe itself.

- *kind*: `--sort` takes every field that is an integer, a time, a flag or a ratio. A report names a flag only where
  it is true; REST always names it. A histogram counts by powers of two.
- *several SAs*: how values of several SAs become one. Empty: not at all, or from the sums of other fields.
- *shown in*: `flows` and `totals` of reports and queries, CSV, REST, lines of `/lacuna/flows` on the telemetry socket.
- *since*: the version that brought it. Columns of CSV keep their place: later ones stand behind earlier ones.
- *tag*: the number of the field in records of the store ([store-format.md](store-format.md)).

| field | kind | unit | several SAs | shown in | REST: SA | REST: summary | Prometheus | since | tag | meaning |
|---|---|---|---|---|---|---|---|---|---|---|
)";

const char* kind_name(flow::Kind kind) {
    constexpr const char* names[] = {"text",  "integer",   "time",  "flag",
                                     "ratio", "histogram", "object"};
    return names[static_cast<std::size_t>(kind)];
}

const char* sum_name(flow::Sum sum) {
    constexpr const char* names[] = {"", "sum", "largest", "of the first", "of the last"};
    return names[static_cast<std::size_t>(sum)];
}

std::string views_of(const Field& f) {
    constexpr std::pair<flow::View, const char*> views[] = {{flow::kReport, "flows"},
                                                            {flow::kCsv, "CSV"},
                                                            {flow::kRest, "REST"},
                                                            {flow::kSocket, "socket"},
                                                            {flow::kTotals, "totals"}};
    std::string out;
    for (const auto& [view, name] : views)
        if ((f.in & view) != 0) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

std::string code(const char* text) {
    return text != nullptr && *text != 0 ? fmt::format("`{}`", text) : std::string();
}

/// The name of the field in one of the objects of the REST interface.
std::string rest_name(const std::vector<api::ObjectText>& objects, std::string_view object,
                      const Field& f) {
    for (const api::ObjectText& o : objects)
        for (const api::MemberText& m : o.members)
            if (object == o.name && m.field == &f) return code(m.name);
    return {};
}

} // namespace

int main() {
    std::string page = kHead;
    const auto sa = api::sa_object_texts();
    const auto run = api::run_object_texts();
    for (const Field& f : flow::kFields)
        fmt::format_to(std::back_inserter(page),
                       "| {} | {} | {} | {} | {} | {} | {} | {} | 0.{} | {} | {} |\n",
                       code(f.name), kind_name(f.kind), f.unit, sum_name(f.sum), views_of(f),
                       rest_name(sa, "Flow", f), rest_name(run, "Summary", f), code(f.metric),
                       f.since, f.tag != 0 ? std::to_string(f.tag) : "", f.help);
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
