#include "api/objects.hpp"

#include "base/time_text.hpp"
#include "report/figures.hpp"
#include "report/flow_json.hpp"
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

double mbps(std::uint64_t bytes, double seconds) {
    return seconds > 0 ? static_cast<double>(bytes) * 8 / seconds / 1e6 : 0.0;
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

using Sum = RunSummary;
constexpr Field<Sum> kSummary[] = {
    {"total_flows", "integer", "SAs ever held; one that came back after ageing counts again",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.flows); }},
    {"total_packets_received", "integer", "packets of SAs; a frame of two SAs counts in both",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.received); }},
    {"total_gaps_detected", "integer", "maximal runs of missing numbers",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.gaps); }},
    {"total_lost_packets", "integer", "missing numbers",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.lost); }},
    {"max_gap_size", "integer", "numbers in the longest gap",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.max_gap); }},
    {"total_bytes", "integer", "octets on the wire, counted in each SA of a frame",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.bytes); }},
    {"avg_bandwidth_mbps", "number", "10^6 bits per second from the first packet to the last",
     [](Out& o, const Sum& s) {
         append_real(o, mbps(s.run.totals.bytes, seconds(s.first_time, s.last_time)));
     }},
    {"lost_blind", "integer", "the part of the lost packets the probe itself may have lost",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.lost_blind); }},
    {"duplicates", "integer", "numbers that were seen before",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.duplicates); }},
    {"late", "integer", "packets that arrived after a higher number",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.late); }},
    {"too_old", "integer", "packets so late that it is not known whether they were duplicates",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.too_old); }},
    {"before_first", "integer", "packets below the first number seen",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.before_first); }},
    {"outliers", "integer", "packets with numbers too far ahead to be believed",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.outliers); }},
    {"restarts", "integer", "how often senders began again under the same key",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.restarts); }},
    {"rekeys", "integer", "changes of the association number of MACsec channels",
     [](Out& o, const Sum& s) { append_number(o, s.run.totals.rekeys); }},
    {"first_timestamp", "string|null", "time of the first packet of any SA, RFC 3339",
     [](Out& o, const Sum& s) { s.timed ? append_time(o, s.first_time) : void(o += "null"); }},
    {"last_timestamp", "string|null", "time of the last packet of any SA, RFC 3339",
     [](Out& o, const Sum& s) { s.timed ? append_time(o, s.last_time) : void(o += "null"); }},
    {"packets", "object|null",
     "frames by class: offered = macsec + esp + ah + other + malformed + dropped; null: not known "
     "before the run ends",
     [](Out& o, const Sum& s) {
         const store::RunRecord& r = s.run;
         if (!s.packets_known) return void(o += "null");
         fmt::format_to(std::back_inserter(o),
                        R"({{"offered":{},"macsec":{},"esp":{},"ah":{},"other":{},)"
                        R"("malformed":{},"dropped":{}}})",
                        r.offered, r.macsec, r.esp, r.ah, r.other, r.malformed, r.dropped);
     }},
    {"run", "integer", "number of the run",
     [](Out& o, const Sum& s) { append_number(o, s.run.id); }},
    {"state", "string", "open: figures still grow, or the writer died; ended: they are final",
     [](Out& o, const Sum& s) {
         o += s.run.state == store::RunState::ended ? "\"ended\"" : "\"open\"";
     }},
};

using Run = store::RunRecord;
constexpr Field<Run> kRun[] = {
    {"run", "integer", "number of the run, for the parameter run",
     [](Out& o, const Run& r) { append_number(o, r.id); }},
    {"state", "string", "open: figures still grow, or the writer died; ended: they are final",
     [](Out& o, const Run& r) {
         o += r.state == store::RunState::ended ? "\"ended\"" : "\"open\"";
     }},
    {"started", "string", "RFC 3339", [](Out& o, const Run& r) { append_time(o, r.started); }},
    {"ended", "string|null", "RFC 3339; null: not yet",
     [](Out& o, const Run& r) { r.ended != 0 ? append_time(o, r.ended) : void(o += "null"); }},
    {"command", "string", "analyze, replay or run",
     [](Out& o, const Run& r) { append_quoted(o, r.command); }},
    {"input", "array", "captures or ports",
     [](Out& o, const Run& r) {
         o += '[';
         for (const std::string& input : r.inputs) {
             if (&input != r.inputs.data()) o += ',';
             append_quoted(o, input);
         }
         o += ']';
     }},
    {"config", "object", "what the run was told",
     [](Out& o, const Run& r) {
         o += '{';
         for (const auto& setting : r.config) {
             if (&setting != r.config.data()) o += ',';
             append_quoted(o, setting.first);
             o += ':';
             append_quoted(o, setting.second);
         }
         o += '}';
     }},
    {"packets_offered", "integer", "frames; 0 while the run is open",
     [](Out& o, const Run& r) { append_number(o, r.offered); }},
    {"total_flows", "integer", "SAs; 0 while the run is open",
     [](Out& o, const Run& r) { append_number(o, r.totals.flows); }},
    {"total_lost_packets", "integer", "missing numbers; 0 while the run is open",
     [](Out& o, const Run& r) { append_number(o, r.totals.lost); }},
};

} // namespace

void append_flow(std::string& out, const FlowRow& row) {
    append_object<FlowRow>(out, kFlow, row);
}

void append_gap(std::string& out, const report::Gap& gap) {
    append_object<report::Gap>(out, kGap, gap);
}

void append_summary(std::string& out, const RunSummary& summary) {
    append_object<RunSummary>(out, kSummary, summary);
}

void append_run(std::string& out, const store::RunRecord& run) {
    append_object<store::RunRecord>(out, kRun, run);
}

std::vector<ObjectText> object_texts() {
    return {{"Flow", texts<FlowRow>(kFlow)},
            {"Gap", texts<report::Gap>(kGap)},
            {"Summary", texts<RunSummary>(kSummary)},
            {"Run", texts<store::RunRecord>(kRun)}};
}

} // namespace lacuna::api
