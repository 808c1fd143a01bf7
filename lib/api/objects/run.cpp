// Runs as objects.
#include "api/objects/objects.hpp"

#include "report/json/flow_json.hpp"
#include "report/json/span_json.hpp"
#include "report/text/frame_lines.hpp"
#include "store/records/run_times.hpp"

namespace lacuna::api {
namespace {

using flow::field;
using J = JsonWriter;

double mbps(const flow::RunFigures& f) {
    const double seconds = static_cast<double>(f.latest - f.earliest) / 1e9;
    return seconds > 0 ? static_cast<double>(f.totals.bytes) * 8 / seconds / 1e6 : 0.0;
}

const char* state_name(store::RunState state) {
    switch (state) {
    case store::RunState::ended:
        return "ended";
    case store::RunState::crashed:
        return "crashed";
    default:
        return "open";
    }
}

using Sum = Summary;
/// In the order and under the names of the predecessor; totals it did not have follow.
constexpr Member<Sum> kRunMembers[] = {
    {"total_flows", field("flows")},
    {"total_packets_received", field("received")},
    {"total_gaps_detected", field("gaps")},
    {"total_lost_packets", field("lost")},
    {"max_gap_size", field("max_gap")},
    {"total_bytes", field("bytes")},
    {"avg_bandwidth_mbps", "number", "10^6 bits per second from the first packet to the last",
     [](J& j, const Sum& s) { j.real(mbps(s.run.figures)); }},
    {"lost_blind", field("lost_blind")},
    {"duplicates", field("duplicates")},
    {"late", field("late")},
    {"too_old", field("too_old")},
    {"before_first", field("before_first")},
    {"outliers", field("outliers")},
    {"restarts", field("restarts")},
    {"rekeys", field("rekeys")},
    {"first_timestamp", "string|null", "time of the first packet of any SA, RFC 3339",
     [](J& j, const Sum& s) { s.run.figures.timed() ? j.time(s.run.figures.earliest) : j.null(); }},
    {"last_timestamp", "string|null", "time of the last packet of any SA, RFC 3339",
     [](J& j, const Sum& s) { s.run.figures.timed() ? j.time(s.run.figures.latest) : j.null(); }},
    {"packets", "object|null",
     "frames by class: offered is the sum of all others; null: not known "
     "before the run ends, or of a span of time",
     [](J& j, const Sum& s) {
         s.run.frames_known() && !s.of_span ? report::write_packets(j, s.run.figures.frames)
                                            : j.null();
     }},
    {"run", "integer|null", "number of the run; null: those of a span of time",
     [](J& j, const Sum& s) { s.of_span ? j.null() : j.value(s.run.id); }},
    {"state", "string|null",
     "open: figures grow; ended: they are final; crashed: the writer died; null: of a span of time",
     [](J& j, const Sum& s) { s.of_span ? j.null() : j.value(state_name(s.run.state)); }},
};

std::span<const Member<Sum>> summary_members() {
    static const auto all = with_fields<Sum>(kRunMembers, flow::kTotals);
    return all;
}

using Run = store::RunRecord;
constexpr Member<Run> kRun[] = {
    {"run", "integer", "number of the run, for the parameter run",
     [](J& j, const Run& r) { j.value(r.id); }},
    {"state", "string", "open: figures grow; ended: they are final; crashed: the writer died",
     [](J& j, const Run& r) { j.value(state_name(r.state)); }},
    {"started", "string", "RFC 3339", [](J& j, const Run& r) { j.time(r.started); }},
    {"ended", "string|null", "RFC 3339; null: not yet",
     [](J& j, const Run& r) { r.ended != 0 ? j.time(r.ended) : j.null(); }},
    {"duration_seconds", "number", "wall clock from its begin to its end, or until now",
     [](J& j, const Run& r) { j.real(static_cast<double>(store::duration_of(r)) / 1e9); }},
    {"command", "string", "analyze, replay or run", [](J& j, const Run& r) { j.value(r.command); }},
    {"input", "array", "captures or ports",
     [](J& j, const Run& r) {
         j.begin_array();
         for (const std::string& input : r.inputs)
             j.value(input);
         j.end_array();
     }},
    {"config", "object", "what the run was told; version: of the program that wrote it",
     [](J& j, const Run& r) {
         j.begin_object();
         for (const auto& [name, value] : r.config)
             j.member(name, value);
         j.end_object();
     }},
    {"packets_offered", "integer", "frames; 0 while the run is open",
     [](J& j, const Run& r) { j.value(r.figures.frames.offered()); }},
    {"total_flows", "integer", "SAs; 0 while the run is open",
     [](J& j, const Run& r) { j.value(r.figures.totals.flows); }},
    {"total_lost_packets", "integer", "missing numbers; 0 while the run is open",
     [](J& j, const Run& r) { j.value(r.figures.totals.lost); }},
};

} // namespace

void write_summary(JsonWriter& json, const store::RunRecord& run) {
    write_object(json, summary_members(), Summary{run});
}

void write_report_summary(JsonWriter& json, const store::RunRecord& run) {
    json.begin_object();
    json.member("run", run.id);
    json.member("state", state_name(run.state));
    json.key("packets");
    run.frames_known() ? report::write_packets(json, run.figures.frames) : json.null();
    json.key("totals").begin_object();
    report::write_totals(json, run.figures);
    json.end_object();
    json.key("replay_window");
    report::write_replay_window(json, run.figures.totals);
    json.end_object();
}

void write_report_summary(JsonWriter& json, const store::SpanAnswer& span) {
    json.begin_object();
    for (const char* none : {"run", "state", "packets"})
        json.key(none).null();
    json.key("totals").begin_object();
    report::write_totals(json, span.totals);
    json.end_object();
    json.key("replay_window");
    report::write_replay_window(json, span.totals);
    json.key("span");
    report::write_span(json, span);
    json.end_object();
}

void write_span_summary(JsonWriter& json, const store::SpanAnswer& span) {
    store::RunRecord run;
    run.figures.totals = span.totals;
    run.figures.earliest = span.since;
    run.figures.latest = span.until;
    json.begin_object();
    write_members(json, summary_members(), Summary{run, true});
    json.key("span");
    report::write_span(json, span);
    json.end_object();
}

void write_run(JsonWriter& json, const store::RunRecord& run) {
    write_object<Run>(json, kRun, run);
}

std::vector<ObjectText> run_object_texts() {
    return {{"Summary", texts(summary_members())}, {"Run", texts<Run>(kRun)}};
}

} // namespace lacuna::api
