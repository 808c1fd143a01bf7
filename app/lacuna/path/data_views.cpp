// For programs: JSON and CSV.
#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "path/views.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::app {
namespace {

using path::Delays;
using path::FlowResult;
using path::PathResult;
using path::Segment;

constexpr double kMedian = 0.5, kHigh = 0.99;

void write_delay(JsonWriter& json, const Delays& d) {
    json.key("delay_ns").begin_object();
    json.member("samples", d.samples());
    const auto time = [&](const char* name, TimeNs t) {
        json.key(name);
        d.samples() != 0 ? json.value(t) : json.null();
    };
    time("min", d.min());
    time("p50", d.quantile(kMedian));
    time("p99", d.quantile(kHigh));
    time("max", d.max());
    json.end_object();
    // Free of what the clocks are apart.
    json.key("variation_ns").begin_object();
    time("p50", d.quantile(kMedian) - d.min());
    time("p99", d.quantile(kHigh) - d.min());
    time("max", d.max() - d.min());
    json.end_object();
}

void write_segment(JsonWriter& json, const PathResult& r, const Segment& s) {
    json.begin_object();
    json.member("from", r.taps[s.from].name);
    json.member("to", r.taps[s.to].name);
    json.member("lost", s.lost);
    json.member("gaps", s.gaps);
    json.member("passed", s.passed);
    json.key("loss_ratio").real(s.loss(), 9);
    json.member("duplicated", s.duplicated);
    json.member("reordered", s.reordered);
    write_delay(json, s.delay);
    json.end_object();
}

void write_flow(JsonWriter& json, const PathResult& r, const FlowResult& f) {
    json.begin_object();
    json.member("id", wire::sa_text(f.id));
    if (!f.renamed.empty()) {
        json.key("ids").begin_object();
        for (const FlowResult::Name& n : f.renamed)
            json.member(r.taps[n.tap].name.c_str(), wire::sa_text(n.id));
        json.end_object();
    }
    json.member("direction", path::direction_name(f.direction));
    json.member("first", static_cast<std::uint32_t>(f.first));
    json.member("highest", static_cast<std::uint32_t>(f.highest));
    json.member("first_ext", f.first);
    json.member("highest_ext", f.highest);
    json.member("compared", f.compared);
    json.member("lost_before", f.lost_before);
    json.member("unknown", f.unknown);
    json.key("unseen").begin_object();
    std::vector<std::uint8_t> taps = f.taps;
    std::sort(taps.begin(), taps.end());
    for (const std::uint8_t t : taps) {
        json.key(std::string_view(r.taps[t].name));
        json.value(f.unseen[t]);
    }
    json.end_object();
    json.key("segments").begin_array();
    for (const Segment& s : f.segments)
        write_segment(json, r, s);
    json.end_array();
    json.end_object();
}

void write_tap(JsonWriter& json, const path::TapResult& t) {
    json.begin_object();
    json.member("name", t.name);
    json.member("source", t.source);
    json.member("flows", t.flows);
    json.member("alone", t.alone);
    json.member("unseen", t.unseen);
    if (t.flows != 0) {
        json.key("first_time").time(t.earliest);
        json.key("last_time").time(t.latest);
    }
    json.end_object();
}

std::size_t count_of(const PathResult& r, std::size_t top) {
    return top == 0 ? r.sas.size() : std::min(top, r.sas.size());
}

} // namespace

const Segment* way_back(const PathResult& result, const Segment& there) {
    const auto it =
        std::find_if(result.segments.begin(), result.segments.end(),
                     [&](const Segment& s) { return s.from == there.to && s.to == there.from; });
    return it != result.segments.end() && it->delay.samples() != 0 && there.delay.samples() != 0
               ? &*it
               : nullptr;
}

bool write_path_json(const PathResult& r, const PathShown& shown) {
    Output out;
    JsonWriter json(out.text);
    json.begin_object();
    json.member("schema", "lacuna.path/1");
    json.member("clocks", kClocksNames[static_cast<std::size_t>(shown.clocks)]);
    json.line().key("taps").begin_array();
    for (const path::TapResult& t : r.taps)
        write_tap(json, t);
    json.end_array();
    json.line().key("totals").begin_object();
    json.member("flows", r.flows);
    json.member("compared", r.compared);
    json.member("lost_before", r.lost_before);
    json.member("unknown", r.unknown);
    json.end_object();
    json.line().key("segments").begin_array();
    for (const Segment& s : r.segments)
        write_segment(json.line(), r, s);
    json.end_array();
    // Under the assumption that the way there takes as long as the way back.
    json.line().key("symmetric_clocks").begin_array();
    for (const Segment& s : r.segments)
        if (const Segment* back = s.from < s.to ? way_back(r, s) : nullptr) {
            json.begin_object();
            json.member("from", r.taps[s.from].name);
            json.member("to", r.taps[s.to].name);
            json.member("offset_ns", clock_offset(s, *back));
            json.end_object();
        }
    json.end_array();
    json.line().key("flows").begin_array();
    for (std::size_t i = 0; i < count_of(r, shown.top) && out.good(); ++i)
        write_flow(json.line(), r, r.sas[i]);
    json.end_array();
    if (count_of(r, shown.top) < r.sas.size()) json.member("flows_truncated", true);
    json.line().key("remarks").begin_array();
    for (const std::string& remark : r.remarks)
        json.value(remark);
    json.end_array();
    json.end_object();
    out.text += '\n';
    return out.end();
}

bool write_path_csv(const PathResult& r, const PathShown& shown) {
    Output out;
    out.text =
        "flow_id,direction,first,highest,compared,lost_before,unknown,from,to,unseen_at_from,"
        "lost,gaps,passed,duplicated,reordered,delay_samples,delay_min_ns,delay_p50_ns,"
        "delay_p99_ns,delay_max_ns\r\n";
    for (std::size_t i = 0; i < count_of(r, shown.top) && out.good(); ++i) {
        const FlowResult& f = r.sas[i];
        for (const Segment& s : f.segments) {
            fmt::format_to(std::back_inserter(out.text),
                           "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", wire::sa_text(f.id),
                           path::direction_name(f.direction), f.first, f.highest, f.compared,
                           f.lost_before, f.unknown, r.taps[s.from].name, r.taps[s.to].name,
                           f.unseen[s.from], s.lost, s.gaps, s.passed, s.duplicated, s.reordered,
                           s.delay.samples());
            if (s.delay.samples() != 0)
                fmt::format_to(std::back_inserter(out.text), ",{},{},{},{}\r\n", s.delay.min(),
                               s.delay.quantile(kMedian), s.delay.quantile(kHigh), s.delay.max());
            else
                out.text += ",,,,\r\n";
        }
    }
    return out.end();
}

} // namespace lacuna::app
