#include "base/output.hpp"
#include "report/causes.hpp"
#include "report/figures.hpp"
#include "report/json/field_json.hpp"
#include "report/json/flow_json.hpp"
#include "report/key_exchange.hpp"
#include "report/text/frame_lines.hpp"
#include "report/text/lists/l3_flows.hpp"
#include "report/text/lists/ports.hpp"
#include "report/tunnels.hpp"
#include "report/views.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::report {
namespace {

/// Rows with an exhaustion warning listed at most; they are in `flows` as well.
constexpr std::size_t kMaxWarnings = 100;

void add_strings(JsonWriter& json, const std::vector<std::string>& list) {
    json.begin_array();
    for (const std::string& text : list)
        json.value(text);
    json.end_array();
}

void add_packets(JsonWriter& json, const flow::FrameFigures& f) {
    json.line().key("packets");
    write_packets(json, f);
    json.line().key("other");
    write_counts(json, f.other_kinds);
    json.line().member("bytes", f.bytes);
}

void add_totals(JsonWriter& json, const flow::RunFigures& f) {
    json.line().key("totals").begin_object();
    write_totals(json, f);
    json.end_object();
    json.line().key("replay_window");
    write_replay_window(json, f.totals);
}

/// Of each further counter that was asked for or seen; `totals` has none of it.
void add_counters(JsonWriter& json, const flow::RunFigures& f) {
    if (f.counters_shown().empty()) return;
    json.line().key("counters").begin_object();
    for (const Protocol counter : f.counters_shown()) {
        json.line().key(protocol_name(counter)).begin_object();
        write_totals(json, f.counters[wire::counter_index(counter)]);
        json.end_object();
    }
    json.end_object();
}

void add_timing(JsonWriter& json, const flow::RunFigures& f) {
    const double s = f.timing.process_s;
    const auto n = static_cast<double>(f.frames.decoded);
    json.line().key("timing").begin_object();
    json.key("wall_s").fixed(f.timing.wall_s, 6);
    json.key("process_s").fixed(s, 6);
    json.key("packets_per_s").fixed(s > 0 ? n / s : 0.0, 1);
    json.key("ns_per_packet").fixed(n > 0 ? s * 1e9 / n : 0.0, 3);
    json.key("mbit_per_s")
        .fixed(s > 0 ? static_cast<double>(f.frames.bytes) * 8 / s / 1e6 : 0.0, 3);
    json.end_object();
}

void add_probe(JsonWriter& json, const flow::RunFigures& f) {
    json.line().key("probe").begin_object();
    json.member("rx_missed", f.probe.rx_missed);
    json.member("rx_nombuf", f.probe.rx_nombuf);
    json.member("ring_full", f.probe.ring_full);
    json.member("table_full", f.probe.table_full);
    json.member("events_lost", f.probe.not_stored);
    json.member("capture_dropped", f.probe.capture_dropped);
    json.member("odd_times", f.odd_times);
    json.end_object();
    json.line().key("table").begin_object();
    json.member("rows", f.table.rows);
    json.member("silent", f.silent_rows);
    json.member("evicted_idle", f.table.evicted_idle);
    json.member("evicted_full", f.table.evicted_full);
    json.member("short_memory", f.table.short_memory);
    json.member("nesting_cut", f.frames.nesting_cut);
    json.end_object();
}

void add_layout(JsonWriter& json, const Report& r) {
    if (r.layout.empty()) return;
    json.line().key("layout").begin_object();
    json.member("name", r.layout);
    json.member("auto", !r.layout_reason.empty());
    json.member("reason", r.layout_reason);
    json.end_object();
}

void add_truncation(JsonWriter& json, const std::vector<flow::Truncation>& truncated) {
    json.line().member("truncated_input", !truncated.empty());
    if (truncated.empty()) return;
    json.line().key("truncated").begin_array();
    for (const flow::Truncation& cut : truncated) {
        json.begin_object();
        json.member("path", cut.path);
        json.member("offset", cut.offset);
        json.member("reason", cut.reason);
        json.end_object();
    }
    json.end_array();
}

void add_rekeys(JsonWriter& json, const Report& r) {
    const std::vector<flow::RekeyTotals> all = r.rows.rekeys();
    json.line().key("rekeys").begin_array();
    for (const flow::RekeyTotals& channel : all) {
        if (&channel != all.data()) json.line();
        json.begin_object();
        json.member("sci", wire::sci_text(channel.channel.key));
        json.member("count", channel.count);
        json.end_object();
    }
    json.end_array();
}

/// `"<name>":[...]`, an entry a line; `append` writes one. A long list goes out in pieces.
template <typename List, typename Append>
void add_list(Output& out, JsonWriter& json, const char* name, const List& list, Append append) {
    json.line().key(name).begin_array();
    for (const auto& entry : list) {
        append(json.line(), entry);
        (void)out.good();
    }
    json.end_array();
}

void add_events(Output& out, JsonWriter& json, const Report& r) {
    json.line().member("events_cut", r.rows.notable_cut());
    add_list(out, json, "events", r.rows.notable(), write_event);
}

/// The rows that near the end of their numbers, bounded.
void add_exhaustion(JsonWriter& json, const Report& r, const ViewOptions& options) {
    std::vector<std::string> ids;
    flow::SaSummary s;
    r.rows.each([&](flow::HeldRow ref) {
        r.rows.read(ref, s);
        if (exhaustion(s, options).warning) ids.push_back(wire::sa_text(s.id));
    });
    std::sort(ids.begin(), ids.end());
    if (ids.size() > kMaxWarnings) ids.resize(kMaxWarnings);
    json.line().key("exhaustion");
    add_strings(json, ids);
}

/// 5-tuples, most bytes first; only where they were asked for.
void add_l3_flows(Output& out, JsonWriter& json, const Report& r, const ViewOptions& options) {
    if (!r.rows.has_transport()) return;
    json.line().key("l3_flows").begin_object();
    json.member("count", r.rows.transport_count());
    json.member("pushed_out", r.rows.transport_pushed_out());
    json.member("note", kL3Note);
    add_list(out, json, "flows", ordered_l3_flows(r.rows, options.top), write_l3_flow);
    json.end_object();
}

void add_gaps(Output& out, JsonWriter& json, const Report& r, const ViewOptions& options) {
    if (!options.gaps) return;
    std::size_t found = 0;
    const std::vector<Gap> gaps = ordered_gaps(r, options.gap_limit, &found);
    json.line().member("gaps_cut", r.events_cut || gaps.size() < found);
    add_list(out, json, "gaps", gaps, write_gap);
}

/// Late packets, too old ones and duplicates, one by one.
void add_late(Output& out, JsonWriter& json, const Report& r, const ViewOptions& options) {
    if (!options.late) return;
    const std::vector<flow::Event> list = r.rows.late(options.late_limit);
    json.line().member("late_count", r.rows.late_count());
    json.line().member("late_cut", list.size() < r.rows.late_count());
    add_list(out, json, "late", list, write_late);
}

void add_tunnels(Output& out, JsonWriter& json, const Report& r, const ViewOptions& options) {
    const Tunnels tunnels =
        tunnels_of(r.rows, r.figures.mka ? LinkNames(r.figures.mka->participants()) : LinkNames());
    std::vector<const Tunnel*> list = tunnels.sorted();
    json.line().member("tunnels_count", list.size());
    if (options.top != 0 && options.top < list.size()) list.resize(options.top);
    add_list(out, json, "tunnels", list,
             [](JsonWriter& to, const Tunnel* tunnel) { write_tunnel(to, *tunnel); });
}

void add_flows(Output& out, JsonWriter& json, const Report& r, const ViewOptions& options) {
    const std::vector<flow::HeldRow> rows = ordered_rows(r.rows, options.top, options.sort);
    if (rows.size() < r.rows.count()) json.line().member("flows_truncated", true);
    flow::SaSummary s;
    const std::vector<flow::Event> moves = moves_by_row(r.rows.notable());
    ViewOptions with_moves = options;
    with_moves.moves = moves;
    add_list(out, json, "flows", rows, [&](JsonWriter& to, flow::HeldRow row) {
        r.rows.read(row, s);
        write_flow(to, s, with_moves);
    });
}

} // namespace

bool write_json(std::FILE* file, const Report& report, const ViewOptions& options) {
    Output out(file);
    JsonWriter json(out.text);
    json.begin_object();
    json.member("schema", "lacuna.report/1");
    json.key("input");
    add_strings(json, report.input);
    const flow::RunFigures& figures = report.figures;
    if (!report.selection.empty()) json.line().member("filter", report.selection);
    add_packets(json, figures.frames);
    add_totals(json, figures);
    add_counters(json, figures);
    add_timing(json, figures);
    add_probe(json, figures);
    add_layout(json, report);
    add_truncation(json, figures.truncated);
    add_rekeys(json, report);
    add_events(out, json, report);
    if (figures.mka) write_mka(json.line().key("mka"), *figures.mka);
    if (figures.ike) write_ike(json.line().key("ike"), *figures.ike);
    add_exhaustion(json, report, options);
    json.line().key("notes");
    std::vector<std::string> notes = figures.notes;
    if (const std::uint64_t n = seen_elsewhere(figures); n != 0)
        notes.push_back(fmt::format(
            "{} of {} duplicates were seen on two interfaces: a packet that passes both is "
            "captured twice, not copied on the way",
            n, figures.totals.duplicates));
    add_strings(json, notes);
    if (!figures.ports.empty()) {
        json.line().key("ports");
        write_ports(json, figures.ports);
    }
    add_l3_flows(out, json, report, options);
    add_gaps(out, json, report, options);
    add_late(out, json, report, options);
    if (report.causes) {
        json.line().key("causes");
        write_causes(json, *report.causes);
    }
    if (options.tunnels) add_tunnels(out, json, report, options);
    add_flows(out, json, report, options);
    json.end_object();
    out.text += '\n';
    return out.end();
}

} // namespace lacuna::report
