// Secure associations as objects.
#include "api/objects/objects.hpp"

#include "base/time_text.hpp"
#include "report/figures.hpp"
#include "wire/sa_text.hpp"

namespace lacuna::api {
namespace {

void append_time(std::string& out, TimeNs time) {
    out += '"' + rfc3339(time) + '"';
}

void append_ms(std::string& out, std::uint64_t ns) {
    append_real(out, static_cast<double>(ns) / 1e6);
}

double seconds(TimeNs from, TimeNs to) {
    return to > from ? static_cast<double>(to - from) / 1e9 : 0.0;
}

using Out = std::string;

constexpr Field<FlowRow> kFlow[] = {
    {"flow_id", "string", "text id of the secure association (SA)",
     [](Out& o, const FlowRow& r) { append_quoted(o, wire::sa_text(r.s.id)); }},
    {"protocol", "string", "macsec, esp or ah",
     [](Out& o, const FlowRow& r) { append_quoted(o, protocol_name(r.s.id.key.protocol)); }},
    {"packets_received", "integer", "packets of the SA seen, duplicates included",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.received); }},
    {"total_bytes", "integer", "their octets on the wire, without FCS",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.bytes); }},
    {"total_lost_packets", "integer", "numbers between first and last that are missing",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.lost); }},
    {"lost_blind", "integer", "the part of them the probe itself may have lost",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.lost_blind); }},
    {"gaps_detected", "integer", "maximal runs of missing numbers",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.gaps); }},
    {"min_gap", "integer|null", "numbers in the shortest gap; 0 without gaps, null if not known",
     [](Out& o, const FlowRow& r) {
         r.min_gap ? append_number(o, *r.min_gap) : void(o += "null");
     }},
    {"max_gap", "integer", "numbers in the longest gap",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.max_gap); }},
    {"first_sequence", "integer", "first number seen, extended to 64 bits",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.first_ext); }},
    {"last_sequence", "integer", "highest number seen, extended to 64 bits",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.highest_ext); }},
    {"duplicates", "integer", "numbers that were seen before",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.duplicates); }},
    {"late", "integer", "packets that arrived after a higher number (RFC 4737: reordered)",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.late); }},
    {"max_late_extent", "integer", "how far the latest of them lay below the highest number",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.max_late_extent); }},
    {"too_old", "integer", "packets so late that it is not known whether they were duplicates",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.too_old); }},
    {"before_first", "integer", "packets below the first number seen",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.before_first); }},
    {"outliers", "integer", "packets with numbers too far ahead to be believed",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.outliers); }},
    {"restarts", "integer", "how often the sender began again under the same key",
     [](Out& o, const FlowRow& r) { append_number(o, r.s.restarts); }},
    {"first_timestamp", "string", "time of the first packet, RFC 3339",
     [](Out& o, const FlowRow& r) { append_time(o, r.s.first_time); }},
    {"last_timestamp", "string", "time of the last packet, RFC 3339",
     [](Out& o, const FlowRow& r) { append_time(o, r.s.last_time); }},
    {"duration_seconds", "number", "between these two",
     [](Out& o, const FlowRow& r) { append_real(o, seconds(r.s.first_time, r.s.last_time)); }},
    {"bandwidth_mbps", "number", "10^6 bits per second over that time",
     [](Out& o, const FlowRow& r) { append_real(o, report::rates(r.s).bps / 1e6); }},
    {"min_inter_arrival_ms", "number", "shortest time between two packets",
     [](Out& o, const FlowRow& r) { append_ms(o, r.s.min_interarrival_ns); }},
    {"max_inter_arrival_ms", "number", "longest time between two packets",
     [](Out& o, const FlowRow& r) { append_ms(o, r.s.max_interarrival_ns); }},
    {"avg_inter_arrival_ms", "number", "mean time between two packets",
     [](Out& o, const FlowRow& r) { append_ms(o, report::mean_interarrival(r.s)); }},
    {"sci_assumed", "boolean", "MACsec: the SCI was not on the wire for certain",
     [](Out& o, const FlowRow& r) { o += r.s.sci_assumed != 0 ? "true" : "false"; }},
    {"evicted", "boolean", "the SA has left the flow table",
     [](Out& o, const FlowRow& r) { o += r.s.evicted != 0 ? "true" : "false"; }},
};

constexpr Field<report::Gap> kGap[] = {
    {"flow_id", "string", "text id of the SA",
     [](Out& o, const report::Gap& g) { append_quoted(o, wire::sa_text(g.id)); }},
    {"expected_sequence", "integer", "the first missing number",
     [](Out& o, const report::Gap& g) { append_number(o, g.first_missing); }},
    {"received_sequence", "integer", "the number after the gap",
     [](Out& o, const report::Gap& g) { append_number(o, g.next); }},
    {"gap_size", "integer", "how many numbers are missing",
     [](Out& o, const report::Gap& g) { append_number(o, g.next - g.first_missing); }},
    {"timestamp", "string", "time of the packet that revealed it, RFC 3339",
     [](Out& o, const report::Gap& g) { append_time(o, g.time); }},
    {"blind", "boolean", "the probe itself may have lost them",
     [](Out& o, const report::Gap& g) { o += g.blind ? "true" : "false"; }},
};

using Point = store::Point;
constexpr Field<Point> kPoint[] = {
    {"timestamp", "string", "begin of the interval, RFC 3339",
     [](Out& o, const Point& p) { append_time(o, p.start); }},
    {"duration_seconds", "number", "its length",
     [](Out& o, const Point& p) { append_real(o, static_cast<double>(p.length) / 1e9); }},
    {"packets_received", "integer", "packets that came in it",
     [](Out& o, const Point& p) { append_number(o, p.received); }},
    {"total_bytes", "integer", "their octets",
     [](Out& o, const Point& p) { append_number(o, p.bytes); }},
    {"total_lost_packets", "integer",
     "numbers found missing; negative where late packets filled gaps of earlier intervals",
     [](Out& o, const Point& p) { append_number(o, p.lost); }},
    {"lost_blind", "integer", "the part of them the probe itself may have lost",
     [](Out& o, const Point& p) { append_number(o, p.lost_blind); }},
    {"late", "integer", "packets that arrived after a higher number",
     [](Out& o, const Point& p) { append_number(o, p.late); }},
    {"duplicates", "integer", "numbers that were seen before",
     [](Out& o, const Point& p) { append_number(o, p.duplicates); }},
    {"too_old", "integer", "packets too late to tell whether they were duplicates",
     [](Out& o, const Point& p) { append_number(o, p.too_old); }},
    {"restarts", "integer", "how often the sender began again",
     [](Out& o, const Point& p) { append_number(o, p.restarts); }},
};

} // namespace

void append_flow_members(std::string& out, const FlowRow& row) {
    append_members<FlowRow>(out, kFlow, row);
}

void append_flow(std::string& out, const FlowRow& row) {
    append_object<FlowRow>(out, kFlow, row);
}

void append_gap(std::string& out, const report::Gap& gap) {
    append_object<report::Gap>(out, kGap, gap);
}

void append_point(std::string& out, const store::Point& point) {
    append_object<store::Point>(out, kPoint, point);
}

std::vector<ObjectText> sa_object_texts() {
    return {{"Flow", texts<FlowRow>(kFlow)},
            {"Gap", texts<report::Gap>(kGap)},
            {"Point", texts<store::Point>(kPoint)}};
}

} // namespace lacuna::api
