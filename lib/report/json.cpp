#include "report/flow_json.hpp"
#include "report/l3_flows.hpp"
#include "report/ports.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <cstring>
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
    const wire::FrameCounts& f = *r.frames;
    o.add(R"("packets":{{"offered":{},"macsec":{},"esp":{},"ah":{},"other":{},"malformed":{},)"
          R"("dropped":{}}},)",
          f.offered + r.dropped, f.of(FrameClass::macsec), f.of(FrameClass::esp),
          f.of(FrameClass::ah), f.of(FrameClass::other), f.of(FrameClass::malformed), r.dropped);
    o.text += "\n\"other\":{";
    bool first = true;
    for (const auto& [name, count] : f.other_by_name()) {
        o.add("{}\"{}\":{}", first ? "" : ",", name, count);
        first = false;
    }
    o.add("}},\n\"bytes\":{},\n", f.bytes);
}

void add_totals(Output& o, const Report& r) {
    const flow::Totals& t = r.totals;
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
    const double s = r.timing.process_s;
    const auto n = static_cast<double>(r.frames->offered);
    o.add(R"("timing":{{"wall_s":{:.6f},"process_s":{:.6f},"packets_per_s":{:.1f},)"
          R"("ns_per_packet":{:.3f},"mbit_per_s":{:.3f}}},)",
          r.timing.wall_s, s, s > 0 ? n / s : 0.0, n > 0 ? s * 1e9 / n : 0.0,
          s > 0 ? static_cast<double>(r.frames->bytes) * 8 / s / 1e6 : 0.0);
    o.add("\n\"probe\":{{\"rx_missed\":{},\"rx_nombuf\":{},\"ring_full\":{},\"table_full\":{},"
          "\"events_lost\":{}}},\n",
          r.probe.rx_missed, r.probe.rx_nombuf, r.probe.ring_full, r.probe.table_full,
          r.probe.events_lost);
    flow::TableCounters sum;
    for (const flow::Tracker* t : r.shards) {
        const flow::TableCounters c = t->counters();
        sum.rows += c.rows;
        sum.evicted_idle += c.evicted_idle;
        sum.evicted_full += c.evicted_full;
        sum.short_memory += c.short_memory;
    }
    o.add("\"table\":{{\"rows\":{},\"evicted_idle\":{},\"evicted_full\":{},\"short_memory\":{},"
          "\"nesting_cut\":{}}},\n",
          sum.rows, sum.evicted_idle, sum.evicted_full, sum.short_memory, r.frames->nesting_cut);
}

void add_truncation(Output& o, const Report& r) {
    o.add("\"truncated_input\":{},\n", !r.truncated.empty());
    if (r.truncated.empty()) return;
    o.text += "\"truncated\":[";
    for (std::size_t i = 0; i < r.truncated.size(); ++i) {
        o.text += i == 0 ? "{\"path\":" : ",{\"path\":";
        append_string(o.text, r.truncated[i].path);
        o.add(",\"offset\":{},\"reason\":", r.truncated[i].offset);
        append_string(o.text, r.truncated[i].reason);
        o.text += '}';
    }
    o.text += "],\n";
}

void add_rekeys(Output& o, const Report& r) {
    std::vector<flow::RekeyTotals> all;
    for (const flow::Tracker* t : r.shards) {
        const auto some = t->rekeys();
        all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::memcmp(&a.channel, &b.channel, sizeof a.channel) < 0;
    });
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
    for (std::size_t i = 0; i < r.notes.size(); ++i) {
        if (i != 0) o.text += ',';
        append_string(o.text, r.notes[i]);
    }
    o.text += "],\n";
}

void add_events(Output& o, const Report& r) {
    const std::vector<flow::Event> events = notable_events(r);
    const bool cut = std::any_of(r.shards.begin(), r.shards.end(), [](const flow::Tracker* t) {
        return t->notable_count() > flow::kMaxNotable;
    });
    o.add("\"events_cut\":{},\n\"events\":[", cut);
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
    for (const flow::Tracker* t : r.shards)
        for (std::size_t row = 0; row < t->row_limit(); ++row) {
            if (!t->row_used(row)) continue;
            t->summarize(row, s);
            if (exhaustion(s, options).warning) ids.push_back(wire::sa_text(s.id));
        }
    std::sort(ids.begin(), ids.end());
    if (ids.size() > kMaxWarnings) ids.resize(kMaxWarnings);
    for (std::size_t i = 0; i < ids.size(); ++i)
        o.add("{}\"{}\"", i == 0 ? "" : ",", ids[i]);
    o.text += "],\n";
}

/// 5-tuples, most bytes first; only where they were asked for.
void add_l3_flows(Output& o, const Report& r, const ViewOptions& options) {
    if (!has_l3_flows(r)) return;
    const std::vector<flow::TransportSummary> flows = ordered_l3_flows(r, options.top);
    o.add("\"l3_flows\":{{\"count\":{},\"pushed_out\":{},\"note\":\"{}\",\n\"flows\":[",
          l3_flow_count(r), l3_pushed_out(r), kL3Note);
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
    const std::vector<RowRef> rows = ordered_rows(r, options.top);
    if (rows.size() < row_count(r)) o.text += "\"flows_truncated\":true,\n";
    o.text += "\"flows\":[";
    flow::SaSummary s;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        o.text += i == 0 ? "\n" : ",\n";
        read_row(r, rows[i], s);
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
    if (!report.ports.empty()) {
        o.text += "\"ports\":";
        append_ports_json(o.text, report.ports);
        o.text += ",\n";
    }
    add_l3_flows(o, report, options);
    add_gaps(o, report, options);
    add_flows(o, report, options);
    return o.flush() && std::fflush(out) == 0;
}

} // namespace lacuna::report
