#include "api/routes.hpp"

#include "api/handlers.hpp"

#include <array>

namespace lacuna::api {
namespace {

using Kind = Parameter::Kind;

constexpr Parameter kRun{"run", Kind::integer, "number of a run; the latest unless given", 1,
                         UINT32_MAX};
constexpr Parameter kLimit{"limit", Kind::integer, "entries in the reply at most", 1, kMaxPage,
                           "",      "100"};
constexpr Parameter kOffset{"offset", Kind::integer, "entries to pass over", 0, INT64_MAX, "", "0"};

constexpr Parameter kAfter{"after", Kind::text,
                           "go on behind the last entry of a page: its \"next\""};

constexpr Parameter kSince{"since", Kind::time, "not before: RFC 3339, or seconds since 1970"};
constexpr Parameter kUntil{"until", Kind::time, "before: RFC 3339, or seconds since 1970"};
// With them a question is about that time, in every run that had packets then.
constexpr Parameter kFrom{"since", Kind::time,
                          "figures of the time from then on, over all runs unless run names one"};
constexpr Parameter kTo{"until", Kind::time, "figures of the time before"};

constexpr Parameter kFilter{"filter", Kind::text,
                            "only SAs of which this is true, as \"proto esp and lost > 0\""};
constexpr Parameter kSort{"sort", Kind::text,
                          "those with most of this field first, by the report's names"};
constexpr Parameter kFields{"fields", Kind::text,
                            "only these members of each entry, commas between them"};
constexpr Parameter kNames{"names",
                           Kind::word,
                           "names of members: those of the report, which new programs shall use, "
                           "or those of the predecessor",
                           0,
                           0,
                           "predecessor|report",
                           "predecessor"};

constexpr std::array kRunSpan{kRun, kFrom, kTo, kNames};
constexpr std::array kGapPage{kRun,   kLimit,  kOffset, kAfter, kSince,
                              kUntil, kFilter, kFields, kNames};
constexpr std::array kLatePage{kRun, kLimit, kOffset, kSince, kUntil, kFilter, kFields};
constexpr std::array kTunnelPage{kRun, kLimit, kOffset, kFrom, kTo, kFilter, kSort, kFields};
constexpr std::array kRunPage{kLimit, kOffset, kFields};
constexpr std::array kFlowPage{
    kRun,
    kLimit,
    kOffset,
    kAfter,
    kFrom,
    kTo,
    Parameter{"min_bytes", Kind::integer, "only SAs of at least so many octets"},
    Parameter{"max_bytes", Kind::integer, "only SAs of at most so many octets"},
    Parameter{"min_bandwidth_mbps", Kind::amount, "only SAs of at least so many 10^6 bits/s"},
    Parameter{"max_bandwidth_mbps", Kind::amount, "only SAs of at most so many 10^6 bits/s"},
    kFilter,
    kSort,
    kFields,
    kNames,
};
constexpr std::array kEvents{
    kRun,    kLimit,  kOffset,
    kSince,  kUntil,  Parameter{"flow_id", Kind::text, "all events of this SA instead"},
    kFilter, kFields,
};
constexpr std::array kTimeline{
    kRun,
    kLimit,
    kOffset,
    kSince,
    kUntil,
    Parameter{"interval", Kind::word,
              "time between two points; fine: that of the "
              "run, 10 s unless told otherwise",
              0, 0, "fine|minute|hour", "fine"},
    kFields,
    kNames,
};

constexpr const char* kJson = "application/json";

constexpr Route kRoutes[] = {
    {"/healthz",
     {},
     alive,
     kJson,
     "Alive",
     "Whether the server answers; needs no token",
     "alive",
     true},
    {"/readyz",
     {},
     health,
     kJson,
     "Health",
     "Whether what it reads from works too; needs no token",
     "ready",
     true},
    {"/health",
     {},
     health,
     kJson,
     "Health",
     "Whether the server and what it reads from work",
     "health"},
    {"/api/v1/stats/summary", kRunSpan, summary, kJson, "Summary", "A run as a whole", "summary",
     false, "ReportSummary"},
    {"/api/v1/flows", kFlowPage, flows, kJson, "FlowList", "Secure associations (SAs)", "listFlows",
     false, "ReportFlowList"},
    {"/api/v1/flows/{id}", kRunSpan, flow, kJson, "FlowDetail", "One SA, its latest life", "flow",
     false, "ReportFlowList"},
    {"/api/v1/flows/{id}/gaps", kGapPage, gaps, kJson, "GapList", "Missing numbers of one SA",
     "flowGaps", false, "ReportGapList"},
    {"/api/v1/flows/{id}/late", kLatePage, late, kJson, "LateList",
     "Packets of one SA that came late, too late to tell, or again", "flowLate"},
    {"/api/v1/flows/{id}/timeline", kTimeline, timeline, kJson, "PointList",
     "What an SA did in each interval of packet time", "flowTimeline", false, "ReportPointList"},
    {"/api/v1/gaps", kGapPage, gaps, kJson, "GapList", "Missing numbers of all SAs", "listGaps",
     false, "ReportGapList"},
    {"/api/v1/late", kLatePage, late, kJson, "LateList", "Late packets of all SAs", "listLate"},
    {"/api/v1/tunnels", kTunnelPage, tunnels, kJson, "TunnelList",
     "Pairs of end points with all their SAs, those that lost most first", "listTunnels"},
    {"/api/v1/timeline", kTimeline, timeline, kJson, "PointList",
     "What all SAs of a run together did in each interval", "timeline", false, "ReportPointList"},
    {"/api/v1/events", kEvents, events, "application/json,text/event-stream", "EventList",
     "Restarts, rekeys, exhaustion and what befell the probe; as a stream, as they come",
     "listEvents"},
    {"/api/v1/runs", kRunPage, runs, kJson, "RunList", "The runs that are known, oldest first",
     "listRuns"},
    {"/metrics",
     {},
     metrics,
     "text/plain,application/openmetrics-text",
     "",
     "Figures of the latest run for Prometheus",
     "metrics"},
    {"/api/v1/openapi.json", {}, openapi, kJson, "", "This interface, as OpenAPI 3.1", "openapi"},
};

} // namespace

Backend::Run Call::run() const {
    const auto number = parameters.integer("run");
    return number ? Backend::Run(static_cast<store::RunId>(*number)) : Backend::Run();
}

Range Call::range() const {
    const std::string* after = parameters.text("after");
    return {static_cast<std::uint64_t>(parameters.integer("offset").value_or(0)),
            static_cast<std::uint64_t>(parameters.integer("limit").value_or(kUsualPage)),
            after != nullptr ? *after : std::string()};
}

TimeNs Call::since() const {
    return parameters.time("since").value_or(INT64_MIN);
}

bool Call::report_names() const {
    const std::string* const names = parameters.text("names");
    return names != nullptr && *names == "report";
}

bool Call::spanned() const {
    return parameters.text("since") != nullptr || parameters.text("until") != nullptr;
}

store::SpanQuestion Call::span() const {
    return {since(), until(), run()};
}

TimeNs Call::until() const {
    return parameters.time("until").value_or(INT64_MAX);
}

std::span<const Route> routes() {
    return kRoutes;
}

const Route* find_route(std::span<const std::string> segments, std::string& id) {
    for (const Route& route : kRoutes) {
        std::string_view rest(route.path);
        std::size_t at = 0;
        bool same = true;
        while (!rest.empty() && same) {
            rest.remove_prefix(1); // '/'
            const std::string_view wanted = rest.substr(0, rest.find('/'));
            rest.remove_prefix(wanted.size());
            same = at < segments.size();
            if (same && wanted == "{id}")
                id = segments[at];
            else
                same = same && segments[at] == wanted;
            ++at;
        }
        if (same && at == segments.size()) return &route;
    }
    return nullptr;
}

} // namespace lacuna::api
