// Runs as objects.
#include "api/objects/objects.hpp"
#include "base/time_text.hpp"

namespace lacuna::api {
namespace {

using Out = std::string;

void append_time(std::string& out, TimeNs time) {
    out += '"' + rfc3339(time) + '"';
}

double mbps(const flow::RunFigures& f) {
    const double seconds = static_cast<double>(f.latest - f.earliest) / 1e9;
    return seconds > 0 ? static_cast<double>(f.totals.bytes) * 8 / seconds / 1e6 : 0.0;
}

const char* state_name(store::RunState state) {
    switch (state) {
    case store::RunState::ended:
        return "\"ended\"";
    case store::RunState::crashed:
        return "\"crashed\"";
    default:
        return "\"open\"";
    }
}

using Sum = store::RunRecord;
constexpr Field<Sum> kSummary[] = {
    {"total_flows", "integer", "SAs ever held; one that came back after ageing counts again",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.flows); }},
    {"total_packets_received", "integer", "packets of SAs; a frame of two SAs counts in both",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.received); }},
    {"total_gaps_detected", "integer", "maximal runs of missing numbers",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.gaps); }},
    {"total_lost_packets", "integer", "missing numbers",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.lost); }},
    {"max_gap_size", "integer", "numbers in the longest gap",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.max_gap); }},
    {"total_bytes", "integer", "octets on the wire, counted in each SA of a frame",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.bytes); }},
    {"avg_bandwidth_mbps", "number", "10^6 bits per second from the first packet to the last",
     [](Out& o, const Sum& s) { append_real(o, mbps(s.figures)); }},
    {"lost_blind", "integer", "the part of the lost packets the probe itself may have lost",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.lost_blind); }},
    {"duplicates", "integer", "numbers that were seen before",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.duplicates); }},
    {"late", "integer", "packets that arrived after a higher number",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.late); }},
    {"too_old", "integer", "packets so late that it is not known whether they were duplicates",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.too_old); }},
    {"before_first", "integer", "packets below the first number seen",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.before_first); }},
    {"outliers", "integer", "packets with numbers too far ahead to be believed",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.outliers); }},
    {"restarts", "integer", "how often senders began again under the same key",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.restarts); }},
    {"rekeys", "integer", "changes of the association number of MACsec channels",
     [](Out& o, const Sum& s) { append_number(o, s.figures.totals.rekeys); }},
    {"first_timestamp", "string|null", "time of the first packet of any SA, RFC 3339",
     [](Out& o, const Sum& s) {
         s.figures.timed() ? append_time(o, s.figures.earliest) : void(o += "null");
     }},
    {"last_timestamp", "string|null", "time of the last packet of any SA, RFC 3339",
     [](Out& o, const Sum& s) {
         s.figures.timed() ? append_time(o, s.figures.latest) : void(o += "null");
     }},
    {"packets", "object|null",
     "frames by class: offered = macsec + esp + ah + other + malformed + dropped; null: not known "
     "before the run ends",
     [](Out& o, const Sum& s) {
         using wire::FrameClass;
         const flow::FrameFigures& f = s.figures.frames;
         if (!s.frames_known()) return void(o += "null");
         fmt::format_to(std::back_inserter(o),
                        R"({{"offered":{},"macsec":{},"esp":{},"ah":{},"other":{},)"
                        R"("malformed":{},"dropped":{}}})",
                        f.offered(), f.of(FrameClass::macsec), f.of(FrameClass::esp),
                        f.of(FrameClass::ah), f.of(FrameClass::other), f.of(FrameClass::malformed),
                        f.dropped);
     }},
    {"run", "integer", "number of the run", [](Out& o, const Sum& s) { append_number(o, s.id); }},
    {"state", "string", "open: figures grow; ended: they are final; crashed: the writer died",
     [](Out& o, const Sum& s) { o += state_name(s.state); }},
};

using Run = store::RunRecord;
constexpr Field<Run> kRun[] = {
    {"run", "integer", "number of the run, for the parameter run",
     [](Out& o, const Run& r) { append_number(o, r.id); }},
    {"state", "string", "open: figures grow; ended: they are final; crashed: the writer died",
     [](Out& o, const Run& r) { o += state_name(r.state); }},
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
     [](Out& o, const Run& r) { append_number(o, r.figures.frames.offered()); }},
    {"total_flows", "integer", "SAs; 0 while the run is open",
     [](Out& o, const Run& r) { append_number(o, r.figures.totals.flows); }},
    {"total_lost_packets", "integer", "missing numbers; 0 while the run is open",
     [](Out& o, const Run& r) { append_number(o, r.figures.totals.lost); }},
};

} // namespace

void append_summary(std::string& out, const store::RunRecord& run) {
    append_object<store::RunRecord>(out, kSummary, run);
}

void append_run(std::string& out, const store::RunRecord& run) {
    append_object<store::RunRecord>(out, kRun, run);
}

std::vector<ObjectText> run_object_texts() {
    return {{"Summary", texts<store::RunRecord>(kSummary)}, {"Run", texts<store::RunRecord>(kRun)}};
}

} // namespace lacuna::api
