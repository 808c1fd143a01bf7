// Objects by the names of the report: the ones for new programs.
#include "api/objects/objects.hpp"

namespace lacuna::api {
namespace {

using J = JsonWriter;
using store::Point;

constexpr Member<Point> kReportPoint[] = {
    {"start", "string", "begin of the interval, RFC 3339",
     [](J& j, const Point& p) { j.time(p.start); }},
    {"length_s", "integer", "its length",
     [](J& j, const Point& p) { j.value(p.length / 1'000'000'000); }},
    {"received", "integer", "packets that came in it",
     [](J& j, const Point& p) { j.value(p.received); }},
    {"bytes", "integer", "their octets", [](J& j, const Point& p) { j.value(p.bytes); }},
    {"lost", "integer",
     "numbers found missing; negative where late packets filled gaps of earlier intervals",
     [](J& j, const Point& p) { j.value(p.lost); }},
    {"lost_blind", "integer", "the part of them the probe itself may have lost",
     [](J& j, const Point& p) { j.value(p.lost_blind); }},
    {"late", "integer", "packets that arrived after a higher number",
     [](J& j, const Point& p) { j.value(p.late); }},
    {"duplicates", "integer", "numbers that were seen before",
     [](J& j, const Point& p) { j.value(p.duplicates); }},
    {"too_old", "integer", "packets too late to tell whether they were duplicates",
     [](J& j, const Point& p) { j.value(p.too_old); }},
    {"restarts", "integer", "how often the sender began again",
     [](J& j, const Point& p) { j.value(p.restarts); }},
};

/// As report::write_flow() writes them.
std::vector<MemberText> flow_members() {
    std::vector<MemberText> members;
    for (const flow::Field& f : flow::kFields)
        if ((f.in & flow::kReport) != 0)
            members.push_back({f.name, api::type_of(f.kind), f.help, &f});
    members.push_back({"name", "string", "as --names gave it, if it did"});
    members.push_back({"tunnel", "string", "id of the tunnel of an encrypted link"});
    return members;
}

} // namespace

void write_report_point(JsonWriter& json, const Point& point) {
    write_object<Point>(json, kReportPoint, point);
}

std::vector<ObjectText> report_object_texts() {
    return {{"ReportFlow", flow_members()},
            {"ReportGap",
             {{"flow_id", "string", "text id of the SA"},
              {"first_missing", "integer", "the first missing number"},
              {"next", "integer", "the number after the gap"},
              {"size", "integer", "how many numbers are missing"},
              {"time", "string", "time of the packet that revealed it, RFC 3339"},
              {"blind", "boolean", "the probe itself may have lost them"}}},
            {"ReportPoint", texts<Point>(kReportPoint)},
            {"ReportSummary",
             {{"run", "integer|null", "number of the run; null: those of a span of time"},
              {"state", "string|null", "open, ended or crashed; null: of a span of time"},
              {"packets", "object|null", "frames by class; null: not known"},
              {"totals", "object", "sums over all SAs, as in reports"},
              {"replay_window", "object", "what receivers' windows would have dropped"}}}};
}

} // namespace lacuna::api
