#include "query_views.hpp"

#include "base/time_text.hpp"
#include "report/flow_json.hpp"
#include "report/number_text.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>

namespace lacuna::app {
namespace {

using Json = nlohmann::ordered_json;
using report::grouped;

const char* state_name(store::RunState s) {
    return s == store::RunState::ended ? "ended" : "open";
}

Json run_json(const store::RunRecord& run) {
    Json j{{"run", run.id},
           {"state", state_name(run.state)},
           {"started", rfc3339(run.started)},
           {"ended", run.ended != 0 ? Json(rfc3339(run.ended)) : Json(nullptr)},
           {"command", run.command},
           {"input", run.inputs}};
    for (const auto& [name, value] : run.config)
        j["config"][name] = value;
    return j;
}

Json totals_json(const flow::Totals& t) {
    return {{"flows", t.flows},           {"received", t.received},
            {"bytes", t.bytes},           {"lost", t.lost},
            {"lost_blind", t.lost_blind}, {"gaps", t.gaps},
            {"duplicates", t.duplicates}, {"late", t.late},
            {"too_old", t.too_old},       {"before_first", t.before_first},
            {"outliers", t.outliers},     {"restarts", t.restarts},
            {"rekeys", t.rekeys}};
}

Json packets_json(const store::RunRecord& run) {
    return {{"offered", run.offered}, {"macsec", run.macsec}, {"esp", run.esp},
            {"ah", run.ah},           {"other", run.other},   {"malformed", run.malformed},
            {"dropped", run.dropped}};
}

std::string dump(const Json& j) {
    return j.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// `{"count":n,"<name>":[...]}` from items that append themselves as JSON.
template <typename Items, typename Fn>
std::string list_json(const char* name, const Items& items, Fn append) {
    std::string out = fmt::format("{{\"count\":{},\"{}\":[", items.size(), name);
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += i == 0 ? "\n" : ",\n";
        append(out, items[i]);
    }
    return out + "]}\n";
}

std::string flows_json(const std::vector<flow::SaSummary>& rows) {
    return list_json("flows", rows, [](std::string& out, const flow::SaSummary& s) {
        report::append_flow_json(out, s, {});
    });
}

} // namespace

std::string show_runs(const std::vector<store::RunRecord>& runs, Format format) {
    if (format == Format::json) {
        Json j{{"count", runs.size()}, {"runs", Json::array()}};
        for (const store::RunRecord& r : runs)
            j["runs"].push_back(run_json(r));
        return dump(j);
    }
    std::string out = format == Format::csv
                          ? "run,state,started,ended,command,offered,flows,lost\r\n"
                          : fmt::format("{:>5}  {:<5}  {:<30}  {:<8} {:>14} {:>10} {:>10}\n", "run",
                                        "state", "started", "command", "packets", "SAs", "lost");
    for (const store::RunRecord& r : runs) {
        if (format == Format::csv)
            fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{}\r\n", r.id,
                           state_name(r.state), rfc3339(r.started),
                           r.ended != 0 ? rfc3339(r.ended) : "", r.command, r.offered,
                           r.totals.flows, r.totals.lost);
        else
            fmt::format_to(std::back_inserter(out),
                           "{:>5}  {:<5}  {:<30}  {:<8} {:>14} {:>10} {:>10}\n", r.id,
                           state_name(r.state), rfc3339(r.started), r.command, grouped(r.offered),
                           grouped(r.totals.flows), grouped(r.totals.lost));
    }
    return out;
}

std::string show_summary(const store::RunRecord& run, Format format) {
    const Json totals = totals_json(run.totals);
    const Json packets = packets_json(run);
    if (format == Format::json) {
        Json j = run_json(run);
        j["packets"] = packets;
        j["other"] = Json::object();
        for (const auto& [name, count] : run.other_kinds)
            j["other"][name] = count;
        j["bytes"] = run.bytes;
        j["totals"] = totals;
        return dump(j);
    }
    if (format == Format::csv) {
        std::string names;
        std::string values;
        for (const auto& [name, value] : totals.items()) {
            names += (names.empty() ? "" : ",") + name;
            values += (values.empty() ? "" : ",") + value.dump();
        }
        return names + "\r\n" + values + "\r\n";
    }
    std::string out = fmt::format("run {} ({}), {}, started {}\n", run.id, state_name(run.state),
                                  run.command, rfc3339(run.started));
    if (run.state != store::RunState::ended)
        out += "The run has not ended (or its writer died): totals are written at its end.\n";
    const auto add = [&out](const char* title, const Json& fields) {
        fmt::format_to(std::back_inserter(out), "\n{}\n", title);
        for (const auto& [name, value] : fields.items())
            fmt::format_to(std::back_inserter(out), "  {:<14}{:>16}\n", name,
                           grouped(value.get<std::uint64_t>()));
    };
    add("frames", packets);
    add("secure associations", totals);
    return out;
}

std::string show_flows(const std::vector<flow::SaSummary>& rows, Format format) {
    if (format == Format::json) return flows_json(rows);
    if (format == Format::csv) return report::csv_header() + report::csv_lines(rows);
    return report::flow_table(rows, "SA", {});
}

std::string show_flow(const std::vector<flow::SaSummary>& rows, Format format) {
    if (format != Format::table) return show_flows(rows, format);
    std::string out;
    for (const flow::SaSummary& s : rows) {
        std::string text;
        report::append_flow_json(text, s, {});
        const Json fields = Json::parse(text, nullptr, false);
        for (const auto& [name, value] : fields.items())
            fmt::format_to(std::back_inserter(out), "{:<22} {}\n", name,
                           value.is_string() ? value.get<std::string>() : value.dump());
        out += '\n';
    }
    return out;
}

std::string show_gaps(const std::vector<report::Gap>& gaps, Format format) {
    if (format == Format::json)
        return list_json("gaps", gaps, [](std::string& out, const report::Gap& g) {
            report::append_gap_json(out, g);
        });
    if (format == Format::table) return report::gap_table(gaps);
    std::string out = "flow_id,first_missing,next,size,time,blind\r\n";
    for (const report::Gap& g : gaps)
        fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{}\r\n", wire::sa_text(g.id),
                       g.first_missing, g.next, g.next - g.first_missing, rfc3339(g.time), g.blind);
    return out;
}

} // namespace lacuna::app
