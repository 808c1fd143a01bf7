// The objects replies are made of, and what each of their members means.
#pragma once

#include "api/backend/backend.hpp"
#include "api/objects/fields.hpp"

namespace lacuna::api {

/// A run seen as a whole.
struct Summary {
    const store::RunRecord& run;
    bool of_span = false; ///< its totals are of a span of time, maybe over several runs
};

/// What holds the fields of an object.
inline const flow::SaSummary& figures_of(const FlowRow& row) {
    return row.s;
}
inline const flow::Totals& figures_of(const Summary& summary) {
    return summary.run.figures.totals;
}

void write_flow(JsonWriter& json, const FlowRow& row);
/// Its members, into an object that was begun.
void write_flow_members(JsonWriter& json, const FlowRow& row);
void write_gap(JsonWriter& json, const report::Gap& gap);
/// The run as a whole, with its figures.
void write_summary(JsonWriter& json, const store::RunRecord& run);
/// Run, state, packets, totals and replay_window, as reports have them.
void write_report_summary(JsonWriter& json, const store::RunRecord& run);
void write_report_summary(JsonWriter& json, const store::SpanAnswer& span);
/// The totals of a span of time.
void write_span_summary(JsonWriter& json, const store::SpanAnswer& span);
void write_point(JsonWriter& json, const store::Point& point);
/// The same by the names of the report.
void write_report_point(JsonWriter& json, const store::Point& point);
void write_event(JsonWriter& json, const flow::Event& event);
/// "restart", "rekey", ...
const char* event_kind(const flow::Event& event);
/// The run as one of many.
void write_run(JsonWriter& json, const store::RunRecord& run);

/// The members of an object, under the name the description of the interface gives it.
struct ObjectText {
    const char* name;
    std::vector<MemberText> members;
};
std::vector<ObjectText> sa_object_texts();
std::vector<ObjectText> run_object_texts();
std::vector<ObjectText> event_object_texts();
std::vector<ObjectText> tunnel_object_texts();
/// By both names.
std::vector<ObjectText> point_object_texts();
/// By the names of the report; of the members of ReportFlow some are there only where they say
/// something.
std::vector<ObjectText> report_object_texts();

} // namespace lacuna::api
