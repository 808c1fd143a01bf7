// A point of a time series, by the names of the predecessor and by those of the report.
#include "api/objects/objects.hpp"

namespace lacuna::api {
namespace {

using J = JsonWriter;
using store::Point;

/// What both have in common: the sums.
struct Sum {
    const char* name;
    const char* report_name;
    const char* description;
    void (*write)(J&, const Point&);
};
constexpr Sum kSums[] = {
    {"packets_received", "received", "packets that came in it",
     [](J& j, const Point& p) { j.value(p.received); }},
    {"total_bytes", "bytes", "their octets", [](J& j, const Point& p) { j.value(p.bytes); }},
    {"total_lost_packets", "lost",
     "numbers found missing; negative where late packets filled gaps of earlier intervals",
     [](J& j, const Point& p) { j.value(p.lost); }},
    {"lost_blind", "lost_blind", "the part of them the probe itself may have lost",
     [](J& j, const Point& p) { j.value(p.lost_blind); }},
    {"late", "late", "packets that arrived after a higher number",
     [](J& j, const Point& p) { j.value(p.late); }},
    {"duplicates", "duplicates", "numbers that were seen before",
     [](J& j, const Point& p) { j.value(p.duplicates); }},
    {"too_old", "too_old", "packets too late to tell whether they were duplicates",
     [](J& j, const Point& p) { j.value(p.too_old); }},
    {"restarts", "restarts", "how often the sender began again",
     [](J& j, const Point& p) { j.value(p.restarts); }},
};

std::vector<Member<Point>> with_sums(std::vector<Member<Point>> members,
                                     const char* const Sum::*name) {
    for (const Sum& sum : kSums)
        members.emplace_back(sum.*name, "integer", sum.description, sum.write);
    return members;
}

const std::vector<Member<Point>>& point_members() {
    static const auto members =
        with_sums({{"timestamp", "string", "begin of the interval, RFC 3339",
                    [](J& j, const Point& p) { j.time(p.start); }},
                   {"duration_seconds", "number", "its length",
                    [](J& j, const Point& p) { j.real(static_cast<double>(p.length) / 1e9); }}},
                  &Sum::name);
    return members;
}

const std::vector<Member<Point>>& report_point_members() {
    static const auto members =
        with_sums({{"start", "string", "begin of the interval, RFC 3339",
                    [](J& j, const Point& p) { j.time(p.start); }},
                   {"length_s", "integer", "its length",
                    [](J& j, const Point& p) { j.value(p.length / 1'000'000'000); }}},
                  &Sum::report_name);
    return members;
}

} // namespace

void write_point(JsonWriter& json, const Point& point) {
    write_object<Point>(json, point_members(), point);
}

void write_report_point(JsonWriter& json, const Point& point) {
    write_object<Point>(json, report_point_members(), point);
}

std::vector<ObjectText> point_object_texts() {
    return {{"Point", texts<Point>(point_members())},
            {"ReportPoint", texts<Point>(report_point_members())}};
}

} // namespace lacuna::api
