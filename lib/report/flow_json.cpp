#include "report/flow_json.hpp"

#include "report/event_table.hpp"

#include "base/time_text.hpp"
#include "wire/sa_text.hpp"

#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>

namespace lacuna::report {
namespace {

void append_histogram(std::string& out, const char* name, const flow::Log2Histogram& h) {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "\"{}\":{{", name);
    bool first = true;
    for (std::size_t k = 0; k < flow::kLog2Buckets; ++k) {
        if (h[k] == 0) continue;
        fmt::format_to(to, "{}\"{}\":{}", first ? "" : ",", 1u << k, h[k]);
        first = false;
    }
    out += '}';
}

void append_exhaustion(std::string& out, const Exhaustion& e) {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "\"exhaustion\":{{\"rate_per_s\":{:.3f},\"seconds_left\":", e.rate_per_s);
    if (e.seconds_left)
        fmt::format_to(to, "{:.3f}", *e.seconds_left);
    else
        out += "null";
    fmt::format_to(to, ",\"warning\":{}}}", e.warning);
}

} // namespace

void append_string(std::string& out, const std::string& text) {
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_histograms(std::string& out, const flow::Log2Histogram& loss_periods,
                       const flow::Log2Histogram& loss_distances,
                       const flow::Log2Histogram& late_extents,
                       const flow::Log2Histogram& too_old_extents) {
    append_histogram(out, "loss_periods", loss_periods);
    out += ',';
    append_histogram(out, "loss_distances", loss_distances);
    out += ',';
    append_histogram(out, "late_extents", late_extents);
    out += ',';
    append_histogram(out, "too_old_extents", too_old_extents);
}

void append_replay_window(std::string& out, const flow::ReplayWindow& window, bool strict) {
    auto to = std::back_inserter(out);
    out += "{\"needed\":";
    if (window.needed)
        fmt::format_to(to, "{}", *window.needed);
    else
        out += "null";
    out += ",\"dropped_at\":{";
    if (strict) fmt::format_to(to, "\"0\":{},", window.out_of_order);
    for (std::size_t i = 0; i < flow::kWindows; ++i)
        fmt::format_to(to, "{}\"{}\":{}", i == 0 ? "" : ",", 1u << (flow::kFirstWindowLog2 + i),
                       window.dropped_at[i]);
    out += "}}";
}

void append_flow_json(std::string& out, const flow::SaSummary& s, const ViewOptions& options) {
    auto to = std::back_inserter(out);
    const bool macsec = s.id.key.protocol == Protocol::macsec;
    fmt::format_to(
        to,
        R"({{"id":"{}","protocol":"{}","received":{},"bytes":{},"first":{},"highest":{},)"
        R"("first_ext":{},"highest_ext":{},"lost":{},"lost_blind":{},"gaps":{},)"
        R"("max_gap":{},"duplicates":{},"late":{},"max_late_extent":{},"too_old":{},)"
        R"("before_first":{},"outliers":{},"restarts":{},)",
        wire::sa_text(s.id), protocol_name(s.id.key.protocol), s.received, s.bytes, s.first(),
        s.highest(), s.first_ext, s.highest_ext, s.lost, s.lost_blind, s.gaps, s.max_gap,
        s.duplicates, s.late, s.max_late_extent, s.too_old, s.before_first, s.outliers, s.restarts);
    fmt::format_to(to,
                   R"("first_time":"{}","last_time":"{}","min_interarrival_ns":{},)"
                   R"("mean_interarrival_ns":{},"max_interarrival_ns":{},"replay_window":)",
                   rfc3339(s.first_time), rfc3339(s.last_time), s.min_interarrival_ns,
                   mean_interarrival(s), s.max_interarrival_ns);
    append_replay_window(out, flow::replay_window(s.late_extents, s.too_old_extents), macsec);
    if (s.sci_assumed != 0) out += ",\"sci_assumed\":true";
    if (s.evicted != 0) out += ",\"evicted\":true";
    out += ',';
    append_histograms(out, s.loss_periods, s.loss_distances, s.late_extents, s.too_old_extents);
    const Rates r = rates(s);
    fmt::format_to(to, ",\"reordering_ratio\":{:.9f},\"rate_pps\":{:.3f},\"rate_bps\":{:.3f},",
                   reordering_ratio(s.late, s.received, s.duplicates), r.pps, r.bps);
    append_exhaustion(out, exhaustion(s, options));
    out += '}';
}

void append_event_json(std::string& out, const flow::Event& e) {
    auto to = std::back_inserter(out);
    fmt::format_to(to, R"({{"kind":"{}",)", kind_name(e));
    if (!of_probe(e)) fmt::format_to(to, R"("flow_id":"{}",)", wire::sa_text(e.id));
    fmt::format_to(to, R"("time":"{}",)", rfc3339(e.time));
    switch (e.kind) {
    case flow::EventKind::rekey:
        fmt::format_to(to, R"("old_an":{},"old_highest":)", e.aux);
        if (e.a >= 0)
            fmt::format_to(to, "{}", e.a);
        else
            out += "null"; // the old association had left the table
        fmt::format_to(to, R"(,"new_an":{},"new_first":{}}})", +e.id.key.an, e.b);
        break;
    case flow::EventKind::exhaustion:
        fmt::format_to(to, R"("highest":{}}})", e.a);
        break;
    case flow::EventKind::restart_undone:
        fmt::format_to(to, R"("highest":{},"instance":{}}})", e.b, e.instance);
        break;
    case flow::EventKind::probe_dropped:
        fmt::format_to(to, R"("frames":{},"since":"{}"}})", e.a, rfc3339(e.b));
        break;
    case flow::EventKind::store_resumed:
        fmt::format_to(to, R"("records":{},"since":"{}"}})", e.a, rfc3339(e.b));
        break;
    default:
        fmt::format_to(to, R"("old_highest":{},"new_first":{},"instance":{}}})", e.a, e.b,
                       e.instance);
    }
}

void append_gap_json(std::string& out, const Gap& gap) {
    fmt::format_to(std::back_inserter(out),
                   R"({{"flow_id":"{}","first_missing":{},"next":{},"size":{},"time":"{}",)"
                   R"("blind":{}}})",
                   wire::sa_text(gap.id), gap.first_missing, gap.next, gap.next - gap.first_missing,
                   rfc3339(gap.time), gap.blind);
}

} // namespace lacuna::report
