// Secure associations as objects.
#include "api/objects/objects.hpp"

#include "names/given.hpp"
#include "report/tunnels.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::api {
namespace {

using flow::field;

void write_ms(JsonWriter& json, std::uint64_t ns) {
    json.real(static_cast<double>(ns) / 1e6);
}

double seconds(TimeNs from, TimeNs to) {
    return to > from ? static_cast<double>(to - from) / 1e9 : 0.0;
}

void write_text(JsonWriter& json, const std::string& text) {
    text.empty() ? json.null() : json.value(text);
}

using J = JsonWriter;

/// In the order and under the names of the predecessor; fields it did not have follow.
constexpr Member<FlowRow> kFlowMembers[] = {
    {"flow_id", field("id")},
    {"protocol", field("protocol")},
    {"packets_received", field("received")},
    {"total_bytes", field("bytes")},
    {"total_lost_packets", field("lost")},
    {"lost_blind", field("lost_blind")},
    {"gaps_detected", field("gaps")},
    {"min_gap", "integer|null",
     "Length of the shortest run of numbers not seen; 0 without gaps, null if not known.",
     [](J& j, const FlowRow& r) { r.min_gap ? j.value(*r.min_gap) : j.null(); }},
    {"max_gap", field("max_gap")},
    {"first_sequence", field("first_ext")},
    {"last_sequence", field("highest_ext")},
    {"duplicates", field("duplicates")},
    {"late", field("late")},
    {"max_late_extent", field("max_late_extent")},
    {"too_old", field("too_old")},
    {"before_first", field("before_first")},
    {"outliers", field("outliers")},
    {"restarts", field("restarts")},
    {"first_timestamp", field("first_time")},
    {"last_timestamp", field("last_time")},
    {"duration_seconds", "number", "Between these two.",
     [](J& j, const FlowRow& r) { j.real(seconds(r.s.first_time, r.s.last_time)); }},
    {"bandwidth_mbps", "number", "10^6 bits per second over that time.",
     [](J& j, const FlowRow& r) { j.real(flow::rate_bps(r.s) / 1e6); }},
    {"min_inter_arrival_ms", field("min_interarrival_ns"), "number",
     [](J& j, const FlowRow& r) { write_ms(j, r.s.min_interarrival_ns); }},
    {"max_inter_arrival_ms", field("max_interarrival_ns"), "number",
     [](J& j, const FlowRow& r) { write_ms(j, r.s.max_interarrival_ns); }},
    {"avg_inter_arrival_ms", field("mean_interarrival_ns"), "number",
     [](J& j, const FlowRow& r) { write_ms(j, flow::mean_interarrival_ns(r.s)); }},
    {"sci_assumed", field("sci_assumed")},
    {"evicted", field("evicted")},
    {"name", "string|null", "Name of the SA, or of its ends, as --names gave it; null: none.",
     [](J& j, const FlowRow& r) { write_text(j, names::name_of(r.s)); }},
    {"tunnel", "string|null", "Id of its tunnel; null: it is of no encrypted link.",
     [](J& j, const FlowRow& r) { write_text(j, report::tunnel_id(r.s)); }},
};

std::span<const Member<FlowRow>> flow_members() {
    static const auto all = with_fields<FlowRow>(kFlowMembers, flow::kRest);
    return all;
}

using report::Gap;
constexpr Member<Gap> kGap[] = {
    {"flow_id", "string", "text id of the SA",
     [](J& j, const Gap& g) { j.value(wire::sa_text(g.id)); }},
    {"expected_sequence", "integer", "the first missing number",
     [](J& j, const Gap& g) { j.value(g.first_missing); }},
    {"received_sequence", "integer", "the number after the gap",
     [](J& j, const Gap& g) { j.value(g.next); }},
    {"gap_size", "integer", "how many numbers are missing",
     [](J& j, const Gap& g) { j.value(g.next - g.first_missing); }},
    {"timestamp", "string", "time of the packet that revealed it, RFC 3339",
     [](J& j, const Gap& g) { j.time(g.time); }},
    {"blind", "boolean", "the probe itself may have lost them",
     [](J& j, const Gap& g) { j.value(g.blind); }},
};

} // namespace

void write_flow(JsonWriter& json, const FlowRow& row) {
    write_object(json, flow_members(), row);
}

void write_flow_members(JsonWriter& json, const FlowRow& row) {
    write_members(json, flow_members(), row);
}

void write_gap(JsonWriter& json, const report::Gap& gap) {
    write_object<report::Gap>(json, kGap, gap);
}

std::vector<ObjectText> sa_object_texts() {
    return {{"Flow", texts<FlowRow>(flow_members())}, {"Gap", texts<Gap>(kGap)}};
}

} // namespace lacuna::api
