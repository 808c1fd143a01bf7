#include "report/flow_json.hpp"
#include "report/l3_flows.hpp"
#include "report/ports.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {
namespace {

/// Rows with an exhaustion warning listed at most; they are in `flows` as well.
constexpr std::size_t kMaxWarnings = 100;
constexpr std::size_t kFlushAt = 1u << 16;

/// Text that goes to a file in pieces.
class Output {
public:
    explicit Output(std::FILE* file) : file_(file) {}
    std::string text;

    template <typename... Args>
    void add(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
    }
    void flush_if_long() {
        if (text.size() >= kFlushAt) flush();
    }
    bool flush() {
        ok_ = ok_ && std::fwrite(text.data(), 1, text.size(), file_) == text.size();
        text.clear();
        return ok_;
    }

private:
    std::FILE* file_;
    bool ok_ = true;
};

void add_input(Output& o, const Report& r) {
    o.text += R"({"schema":"lacuna.report/1","input":[)";
    for (std::size_t i = 0; i < r.input.size(); ++i) {
        if (i != 0) o.text += ',';
        append_string(o.text, r.input[i]);
    }
    o.text += "],\n";
}

void add_packets(Output& o, const Report& r) {
    using wire::FrameClass;
    const flow::FrameFigures& f = r.figures.frames;
    o.add(R"("packets":{{"offered":{},"macsec":{},"esp":{},"ah":{},"other":{},"malformed":{},)"
          R"("dropped":{}}},)",
          f.offered(), f.of(FrameClass::macsec), f.of(FrameClass::esp), f.of(FrameClass::ah),
          f.of(FrameClass::other), f.of(FrameClass::malformed), f.dropped);
    o.text += "\n\"other\":{";
    bool first = true;
    for (const auto& [name, count] : f.other_kinds) {
        o.add("{}\"{}\":{}", first ? "" : ",", name, count);
        first = false;
    }
    o.add("}},\n\"bytes\":{},\n", f.bytes);
}

void add_totals(Output& o, const Report& r) {
    const flow::Totals& t = r.figures.totals;
    o.add(R"("totals":{{"flows":{},"received":{},"bytes":{},"lost":{},"lost_blind":{},"gaps":{},)"
          R"("duplicates":{},"late":{},"too_old":{},"before_first":{},"outliers":{},)"
          R"("restarts":{},"rekeys":{},"max_gap":{},"max_late_extent":{},)"
          R"("reordering_ratio":{:.9f},)",
          t.flows, t.received, t.bytes, t.lost, t.lost_blind, t.gaps, t.duplicates, t.late,
          t.too_old, t.before_first, t.outliers, t.restarts, t.rekeys, t.max_gap, t.max_late_extent,
          reordering_ratio(t.late, t.received, t.duplicates));
    append_histograms(o.text, t.loss_periods, t.loss_distances, t.late_extents, t.too_old_extents);
    o.text += "},\n\"replay_window\":";
    flow::ReplayWindow window = flow::replay_window(t.late_extents, t.too_old_extents);
    window.out_of_order = t.macsec_out_of_order;
    append_replay_window(o.text, window, true);
    o.text += ",\n";
}

void add_timing(Output& o, const Report& r) {
    const flow::RunFigures& f = r.figures;
    const double s = f.timing.process_s;
    const auto n = static_cast<double>(f.frames.decoded);
    o.add(R"("timing":{{"wall_s":{:.6f},"process_s":{:.6f},"packets_per_s":{:.1f},)"
          R"("ns_per_packet":{:.3f},"mbit_per_s":{:.3f}}},)",
          f.timing.wall_s, s, s > 0 ? n / s : 0.0, n > 0 ? s * 1e9 / n : 0.0,
          s > 0 ? static_cast<double>(f.frames.bytes) * 8 / s / 1e6 : 0.0);
    o.add("\n\"probe\":{{\"rx_missed\":{},\"rx_nombuf\":{},\"ring_full\":{},\"table_full\":{},"
          "\"events_lost\":{}}},\n",
          f.probe.rx_missed, f.probe.rx_nombuf, f.probe.ring_full, f.probe.table_full,
          f.probe.not_stored);
    o.add("\"table\":{{\"rows\":{},\"evicted_idle\":{},\"evicted_full\":{},\"short_memory\":{},"
          "\"nesting_cut\":{}}},\n",
          f.table.rows, f.table.evicted_idle, f.table.evicted_full, f.table.short_memory,
          f.frames.nesting_cut);
}

void add_truncation(Output& o, const Report& r) {
    const std::vector<flow::Truncation>& truncated = r.figures.truncated;
    o.add("\"truncated_input\":{},\n", !truncated.empty());
    if (truncated.empty()) return;
    o.text += "\"truncated\":[";
    for (std::size_t i = 0; i < truncated.size(); ++i) {
        o.text += i == 0 ? "{\"path\":" : ",{\"path\":";
        append_string(o.text, truncated[i].path);
        o.add(",\"offset\":{},\"reason\":", truncated[i].offset);
        append_string(o.text, truncated[i].reason);
        o.text += '}';
    }
    o.text += "],\n";
}

void add_rekeys(Output& o, const Report& r) {
    const std::vector<flow::RekeyTotals> all = r.rows.rekeys();
    o.text += "\"rekeys\":[";
    for (std::size_t i = 0; i < all.size(); ++i)
        o.add("{}{{\"sci\":\"{}\",\"count\":{}}}", i == 0 ? "" : ",\n",
              wire::sci_text(all[i].channel.key), all[i].count);
    o.text += "],\n";
}

void add_layout(Output& o, const Report& r) {
    if (r.layout.empty()) return;
    o.add("\"layout\":{{\"name\":\"{}\",\"auto\":{},\"reason\":", r.layout,
          !r.layout_reason.empty());
    append_string(o.text, r.layout_reason);
    o.text += "},\n";
}

void add_notes(Output& o, const Report& r) {
    o.text += "\"notes\":[";
    for (std::size_t i = 0; i < r.figures.notes.size(); ++i) {
        if (i != 0) o.text += ',';
        append_string(o.text, r.figures.notes[i]);
    }
    o.text += "],\n";
}

void add_events(Output& o, const Report& r) {
    const std::vector<flow::Event> events = r.rows.notable();
    o.add("\"events_cut\":{},\n\"events\":[", r.rows.notable_cut());
    for (std::size_t i = 0; i < events.size(); ++i) {
        o.text += i == 0 ? "\n" : ",\n";
        append_event_json(o.text, events[i]);
        o.flush_if_long();
    }
    o.text += "],\n";
}

/// The rows that near the end of their numbers, bounded.
void add_exhaustion(Output& o, const Report& r, const ViewOptions& options) {
    o.text += "\"exhaustion\":[";
    std::vector<std::string> ids;
    flow::SaSummary s;
    r.rows.each([&](flow::RowRef ref) {
        r.rows.read(ref, s);
        if (exhaustion(s, options).warning) ids.push_back(wire::sa_text(s.id));
    });
    std::sort(ids.begin(), ids.end());
    if (ids.size() > kMaxWarnings) ids.resize(kMaxWarnings);
    for (std::size_t i = 0; i < ids.size(); ++i)
        o.add("{}\"{}\"", i == 0 ? "" : ",", ids[i]);
    o.text += "],\n";
}

/// 5-tuples, most bytes first; only where they were asked for.
void add_l3_flows(Output& o, const Report& r, const ViewOptions& options) {
    if (!r.rows.has_transport()) return;
    const std::vector<flow::TransportSummary> flows = ordered_l3_flows(r.rows, options.top);
    o.add("\"l3_flows\":{{\"count\":{},\"pushed_out\":{},\"note\":\"{}\",\n\"flows\":[",
          r.rows.transport_count(), r.rows.transport_pushed_out(), kL3Note);
    for (std::size_t i = 0; i < flows.size(); ++i) {
        o.text += i == 0 ? "\n" : ",\n";
        append_l3_flow_json(o.text, flows[i]);
        o.flush_if_long();
    }
    o.text += "]},\n";
}

void add_gaps(Output& o, const Report& r, const ViewOptions& options) {
    if (!options.gaps) return;
    const std::vector<Gap> gaps = ordered_gaps(r, options.gap_limit);
    o.add("\"gaps_cut\":{},\n\"gaps\":[", r.events_cut);
    for (std::size_t i = 0; i < gaps.size(); ++i) {
        o.text += i == 0 ? "\n" : ",\n";
        append_gap_json(o.text, gaps[i]);
        o.flush_if_long();
    }
    o.text += "],\n";
}

void add_flows(Output& o, const Report& r, const ViewOptions& options) {
    const std::vector<flow::RowRef> rows = ordered_rows(r.rows, options.top);
    if (rows.size() < r.rows.count()) o.text += "\"flows_truncated\":true,\n";
    o.text += "\"flows\":[";
    flow::SaSummary s;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        o.text += i == 0 ? "\n" : ",\n";
        r.rows.read(rows[i], s);
        append_flow_json(o.text, s, options);
        o.flush_if_long();
    }
    o.text += "]}\n";
}

} // namespace

bool write_json(std::FILE* out, const Report& report, const ViewOptions& options) {
    Output o(out);
    add_input(o, report);
    add_packets(o, report);
    add_totals(o, report);
    add_timing(o, report);
    add_layout(o, report);
    add_truncation(o, report);
    add_rekeys(o, report);
    add_events(o, report);
    add_exhaustion(o, report, options);
    add_notes(o, report);
    if (!report.figures.ports.empty()) {
        o.text += "\"ports\":";
        append_ports_json(o.text, report.figures.ports);
        o.text += ",\n";
    }
    add_l3_flows(o, report, options);
    add_gaps(o, report, options);
    add_flows(o, report, options);
    return o.flush() && std::fflush(out) == 0;
}

} // namespace lacuna::report
