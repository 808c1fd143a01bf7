#include "query/views.hpp"

#include "base/time_text.hpp"
#include "query/output.hpp"
#include "report/figures.hpp"
#include "report/flow_json.hpp"
#include "report/number_text.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>

namespace lacuna::app {
namespace {

using Json = nlohmann::ordered_json;
using report::grouped;

/// A table is for eyes: it shows no more, and says so.
constexpr std::size_t kTableRows = 10'000;

const char* state_name(store::RunState s) {
    return s == store::RunState::ended ? "ended" : s == store::RunState::open ? "open" : "crashed";
}

Json run_json(const store::RunRecord& run) {
    Json j{{"run", run.id},
           {"state", state_name(run.state)},
           {"started", rfc3339(run.started)},
           {"ended", run.ended != 0 ? Json(rfc3339(run.ended)) : Json(nullptr)},
           {"written", run.written != 0 ? Json(rfc3339(run.written)) : Json(nullptr)},
           {"command", run.command},
           {"input", run.inputs}};
    if (run.figures.earliest != 0) {
        j["first_packet"] = rfc3339(run.figures.earliest);
        j["last_packet"] = rfc3339(run.figures.latest);
    }
    j["summary_lag_s"] = static_cast<double>(run.summary_lag) / 1e9;
    j["not_stored"] = run.figures.probe.not_stored;
    for (const auto& [name, value] : run.config)
        j["config"][name] = value;
    return j;
}

/// Counters of the totals, by the report's names.
Json totals_json(const flow::Totals& t) {
    return {{"flows", t.flows},
            {"received", t.received},
            {"bytes", t.bytes},
            {"lost", t.lost},
            {"lost_blind", t.lost_blind},
            {"gaps", t.gaps},
            {"duplicates", t.duplicates},
            {"late", t.late},
            {"too_old", t.too_old},
            {"before_first", t.before_first},
            {"outliers", t.outliers},
            {"restarts", t.restarts},
            {"rekeys", t.rekeys},
            {"max_gap", t.max_gap},
            {"max_late_extent", t.max_late_extent}};
}

/// What the report's totals hold besides.
Json ratios_json(const flow::Totals& t) {
    std::string text = fmt::format("{{\"reordering_ratio\":{:.9f},",
                                   report::reordering_ratio(t.late, t.received, t.duplicates));
    report::append_histograms(text, t.loss_periods, t.loss_distances, t.late_extents,
                              t.too_old_extents);
    return Json::parse(text + '}');
}

Json window_json(const flow::Totals& t) {
    flow::ReplayWindow window = flow::replay_window(t.late_extents, t.too_old_extents);
    window.out_of_order = t.macsec_out_of_order;
    std::string text;
    report::append_replay_window(text, window, true);
    return Json::parse(text);
}

Json packets_json(const flow::FrameFigures& f) {
    using wire::FrameClass;
    return {{"offered", f.offered()},
            {"macsec", f.of(FrameClass::macsec)},
            {"esp", f.of(FrameClass::esp)},
            {"ah", f.of(FrameClass::ah)},
            {"other", f.of(FrameClass::other)},
            {"malformed", f.of(FrameClass::malformed)},
            {"dropped", f.dropped}};
}

std::string dump(const Json& j) {
    return j.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// `{"count":n,"<name>":[...]}`, `count` being what was found, from items that append themselves.
template <typename List, typename Fn>
bool print_json(const char* name, const List& list, Fn append) {
    Output out;
    out.text = fmt::format("{{\"count\":{},\"{}\":[", list.found(), name);
    for (std::size_t i = 0; i < list.size() && out.good(); ++i) {
        out.text += i == 0 ? "\n" : ",\n";
        append(out.text, list.at(i));
    }
    out.text += "]}\n";
    return out.end();
}

} // namespace

bool show_runs(const std::vector<store::RunRecord>& runs, Format format) {
    if (format == Format::json) {
        Json j{{"count", runs.size()}, {"runs", Json::array()}};
        for (const store::RunRecord& r : runs)
            j["runs"].push_back(run_json(r));
        return print(dump(j));
    }
    std::string out = format == Format::csv
                          ? "run,state,started,ended,command,offered,flows,lost\r\n"
                          : fmt::format("{:>5}  {:<7}  {:<30}  {:<8} {:>14} {:>10} {:>10}\n", "run",
                                        "state", "started", "command", "packets", "SAs", "lost");
    for (const store::RunRecord& r : runs) {
        if (format == Format::csv)
            fmt::format_to(
                std::back_inserter(out), "{},{},{},{},{},{},{},{}\r\n", r.id, state_name(r.state),
                rfc3339(r.started), r.ended != 0 ? rfc3339(r.ended) : "", r.command,
                r.figures.frames.offered(), r.figures.totals.flows, r.figures.totals.lost);
        else
            fmt::format_to(std::back_inserter(out),
                           "{:>5}  {:<7}  {:<30}  {:<8} {:>14} {:>10} {:>10}\n", r.id,
                           state_name(r.state), rfc3339(r.started), r.command,
                           grouped(r.figures.frames.offered()), grouped(r.figures.totals.flows),
                           grouped(r.figures.totals.lost));
    }
    return print(std::move(out));
}

bool show_summary(const store::RunRecord& run, Format format) {
    const flow::RunFigures& f = run.figures;
    const Json totals = totals_json(f.totals);
    const Json packets = packets_json(f.frames);
    if (format == Format::json) {
        Json j = run_json(run);
        j["packets"] = packets;
        j["other"] = Json::object();
        for (const auto& [name, count] : f.frames.other_kinds)
            j["other"][name] = count;
        j["bytes"] = f.frames.bytes;
        j["totals"] = totals;
        j["totals"].update(ratios_json(f.totals));
        j["replay_window"] = window_json(f.totals);
        return print(dump(j));
    }
    if (format == Format::csv) {
        std::string names;
        std::string values;
        for (const auto& [name, value] : totals.items()) {
            names += (names.empty() ? "" : ",") + name;
            values += (values.empty() ? "" : ",") + value.dump();
        }
        return print(names + "\r\n" + values + "\r\n");
    }
    std::string out = fmt::format("run {} ({}), {}, started {}\n", run.id, state_name(run.state),
                                  run.command, rfc3339(run.started));
    if (run.state == store::RunState::open)
        out += "The run has not ended, or its writer has died.\n";
    if (run.state == store::RunState::crashed) out += "Its writer died before the run ended.\n";
    if (run.written != 0 && run.state != store::RunState::ended)
        fmt::format_to(std::back_inserter(out), "Totals are of {}; SAs may be {:.1f} s older.\n",
                       rfc3339(run.written), static_cast<double>(run.summary_lag) / 1e9);
    if (run.figures.probe.not_stored != 0)
        fmt::format_to(std::back_inserter(out), "{} records were lost before they were stored.\n",
                       grouped(run.figures.probe.not_stored));
    const auto add = [&out](const char* title, const Json& fields) {
        fmt::format_to(std::back_inserter(out), "\n{}\n", title);
        for (const auto& [name, value] : fields.items())
            fmt::format_to(std::back_inserter(out), "  {:<14}{:>16}\n", name,
                           grouped(value.get<std::uint64_t>()));
    };
    add("frames", packets);
    add("secure associations", totals);
    return print(std::move(out));
}

bool show_flows(const RowList& rows, Format format) {
    if (format == Format::json)
        return print_json("flows", rows, [](std::string& out, const flow::SaSummary& s) {
            report::append_flow_json(out, s, {});
        });
    if (format == Format::csv) {
        Output out;
        out.text = report::csv_header();
        for (std::size_t i = 0; i < rows.size() && out.good(); ++i)
            out.text += report::csv_lines(std::array{rows.at(i)});
        return out.end();
    }
    const std::size_t shown = std::min(rows.size(), kTableRows);
    std::vector<flow::SaSummary> list;
    for (std::size_t i = 0; i < shown; ++i)
        list.push_back(rows.at(i));
    std::string text = report::flow_table(list, "SA", {});
    if (shown < rows.size())
        text += fmt::format("({} of {}; --json and --csv list them all)\n", grouped(shown),
                            grouped(rows.found()));
    return print(std::move(text));
}

bool show_flow(const RowList& rows, Format format) {
    if (format != Format::table) return show_flows(rows, format);
    std::string out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::string text;
        report::append_flow_json(text, rows.at(i), {});
        const Json fields = Json::parse(text, nullptr, false);
        for (const auto& [name, value] : fields.items())
            fmt::format_to(std::back_inserter(out), "{:<22} {}\n", name,
                           value.is_string() ? value.get<std::string>() : value.dump());
        out += '\n';
    }
    return print(std::move(out));
}

bool show_gaps(const GapList& gaps, Format format) {
    if (format == Format::json) return print_json("gaps", gaps, report::append_gap_json);
    Output out;
    if (format == Format::csv) out.text = "flow_id,first_missing,next,size,time,blind\r\n";
    if (format == Format::table) out.text = report::gap_table({});
    const std::size_t heading = out.text.size();
    for (std::size_t i = 0; i < gaps.size() && out.good(); ++i) {
        const report::Gap g = gaps.at(i);
        if (format == Format::table)
            out.text += report::gap_table({&g, 1}).substr(heading);
        else
            fmt::format_to(std::back_inserter(out.text), "{},{},{},{},{},{}\r\n",
                           wire::sa_text(g.id), g.first_missing, g.next, g.next - g.first_missing,
                           rfc3339(g.time), g.blind);
    }
    return out.end();
}

} // namespace lacuna::app
