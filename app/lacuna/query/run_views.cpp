// What `lacuna query` prints of runs and their sums.
#include "query/views.hpp"

#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "base/time_text.hpp"
#include "report/json/field_json.hpp"
#include "report/json/flow_json.hpp"
#include "report/json/span_json.hpp"
#include "report/text/clock.hpp"
#include "report/text/frame_lines.hpp"
#include "report/text/number_text.hpp"
#include "report/views.hpp"
#include "store/records/run_times.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::app {
namespace {

using report::csv_text;
using report::grouped;

const char* state_name(store::RunState s) {
    return s == store::RunState::ended ? "ended" : s == store::RunState::open ? "open" : "crashed";
}

/// "12.3 s", "4:05:06" or "2d 4:05:06".
std::string duration_text(double seconds) {
    if (seconds < 60) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::uint64_t>(seconds);
    const std::uint64_t days = whole / 86'400;
    return fmt::format("{}{}:{:02}:{:02}", days != 0 ? fmt::format("{}d ", days) : "",
                       whole / 3600 % 24, whole / 60 % 60, whole % 60);
}

/// Of the program that wrote it; older ones did not say.
std::string version_of(const store::RunRecord& run) {
    for (const auto& [name, value] : run.config)
        if (name == "version") return value;
    return {};
}

void write_moment(JsonWriter& json, const char* name, TimeNs time) {
    json.key(name);
    time != 0 ? json.time(time) : json.null();
}

/// The members of a run, into an object that was begun.
void write_run(JsonWriter& json, const store::RunRecord& run) {
    json.member("run", run.id);
    json.member("state", state_name(run.state));
    json.key("started").time(run.started);
    write_moment(json, "ended", run.ended);
    write_moment(json, "written", run.written);
    json.member("command", run.command);
    json.key("input").begin_array();
    for (const std::string& input : run.inputs)
        json.value(input);
    json.end_array();
    if (run.figures.earliest != 0) {
        json.key("first_packet").time(run.figures.earliest);
        json.key("last_packet").time(run.figures.latest);
    }
    json.key("duration_s").fixed(static_cast<double>(store::duration_of(run)) / 1e9, 3);
    json.key("summary_lag_s").fixed(static_cast<double>(run.summary_lag) / 1e9, 9);
    json.member("not_stored", run.figures.probe.not_stored);
    if (run.config.empty()) return;
    json.key("config").begin_object();
    for (const auto& [name, value] : run.config)
        json.key(name).value(value);
    json.end_object();
}

/// The run with its figures, by the report's names.
std::string summary_json(const store::RunRecord& run) {
    const flow::RunFigures& f = run.figures;
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_run(json, run);
    json.key("packets");
    report::write_packets(json, f.frames);
    json.key("other");
    report::write_counts(json, f.frames.other_kinds);
    json.member("bytes", f.frames.bytes);
    json.key("totals").begin_object();
    report::write_totals(json, f);
    json.end_object();
    json.key("replay_window");
    report::write_replay_window(json, f.totals);
    json.end_object();
    return indented(out);
}

using Counts = std::vector<std::pair<const char*, std::uint64_t>>;

/// Names and counts of the totals, by the report's names.
Counts total_lines(const flow::Totals& t) {
    Counts lines;
    for (const flow::Field* f : report::total_fields())
        if (const auto* count = std::get_if<flow::CountAt<flow::Totals>>(&f->total))
            lines.emplace_back(f->name, t.**count);
    return lines;
}

std::string totals_csv(const Counts& totals) {
    std::string names;
    std::string values;
    for (const auto& [name, value] : totals) {
        names += (names.empty() ? "" : ",") + std::string(name);
        values += (values.empty() ? "" : ",") + std::to_string(value);
    }
    return names + "\r\n" + values + "\r\n";
}

template <typename Lines>
void add_counts(std::string& out, const char* title, const Lines& lines) {
    fmt::format_to(std::back_inserter(out), "\n{}\n", title);
    for (const auto& [name, value] : lines)
        fmt::format_to(std::back_inserter(out), "  {:<14}{:>16}\n", name, grouped(value));
}

} // namespace

std::string indented(std::string_view json) {
    std::string out;
    std::size_t depth = 0;
    const auto line = [&] { out += '\n' + std::string(depth, ' '); };
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"') {
            std::size_t end = i + 1;
            while (json[end] != '"')
                end += json[end] == '\\' ? 2 : 1;
            out += json.substr(i, end + 1 - i);
            i = end;
        } else if (c == '.') {
            std::size_t end = json.find_first_not_of("0123456789", i + 1);
            const std::size_t next = end = std::min(end, json.size());
            while (end > i + 2 && json[end - 1] == '0')
                --end;
            out += json.substr(i, end - i);
            i = next - 1;
        } else if (c == '{' || c == '[') {
            out += c;
            if (json[i + 1] == c + 2) { // the closing one, in ASCII
                out += json[++i];
            } else {
                ++depth;
                line();
            }
        } else if (c == '}' || c == ']') {
            --depth;
            line();
            out += c;
        } else if (c == ',') {
            out += c;
            line();
        } else if (c == ':') {
            out += ": ";
        } else if (c != '\n') {
            out += c;
        }
    }
    return out + '\n';
}

bool show_runs(const std::vector<store::RunRecord>& runs, Format format) {
    if (format == Format::json) {
        std::string out;
        JsonWriter json(out);
        json.begin_object();
        json.member("count", runs.size());
        json.key("runs").begin_array();
        for (const store::RunRecord& r : runs) {
            json.begin_object();
            write_run(json, r);
            json.end_object();
        }
        json.end_array();
        json.end_object();
        return print(indented(out));
    }
    std::string out = format == Format::csv
                          ? "run,state,started,ended,command,offered,flows,lost,input,duration_s,"
                            "version\r\n"
                          : fmt::format("{:>5}  {:<7}  {:<30}  {:>11}  {:<8} {:>14} {:>10} {:>10}  "
                                        "{:<10} {}\n",
                                        "run", "state", "started", "duration", "command", "packets",
                                        "SAs", "lost", "version", "input");
    for (const store::RunRecord& r : runs) {
        std::string input;
        for (const std::string& name : r.inputs)
            input += (input.empty() ? "" : " ") + name;
        const double seconds = static_cast<double>(store::duration_of(r)) / 1e9;
        if (format == Format::csv)
            fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{:.3f},{}\r\n",
                           r.id, state_name(r.state), rfc3339(r.started),
                           r.ended != 0 ? rfc3339(r.ended) : "", r.command,
                           r.figures.frames.offered(), r.figures.totals.flows,
                           r.figures.totals.lost, csv_text(input), seconds, version_of(r));
        else
            fmt::format_to(std::back_inserter(out),
                           "{:>5}  {:<7}  {:<30}  {:>11}  {:<8} {:>14} {:>10} {:>10}  {:<10} {}\n",
                           r.id, state_name(r.state), report::local_time(r.started, 0),
                           duration_text(seconds), r.command, grouped(r.figures.frames.offered()),
                           grouped(r.figures.totals.flows), grouped(r.figures.totals.lost),
                           version_of(r), input);
    }
    return print(std::move(out));
}

bool show_summary(const store::RunRecord& run, Format format) {
    if (format == Format::json) return print(summary_json(run));
    const auto totals = total_lines(run.figures.totals);
    if (format == Format::csv) return print(totals_csv(totals));
    std::string out = fmt::format("run {} ({}), {}, started {}\n", run.id, state_name(run.state),
                                  run.command, report::local_time(run.started, 0));
    if (run.state == store::RunState::open)
        out += "The run has not ended, or its writer has died.\n";
    if (run.state == store::RunState::crashed) out += "Its writer died before the run ended.\n";
    if (run.written != 0 && run.state != store::RunState::ended)
        fmt::format_to(std::back_inserter(out), "Totals are of {}; SAs may be {:.1f} s older.\n",
                       report::local_time(run.written, 0),
                       static_cast<double>(run.summary_lag) / 1e9);
    if (run.figures.probe.not_stored != 0)
        fmt::format_to(std::back_inserter(out), "{} records were lost before they were stored.\n",
                       grouped(run.figures.probe.not_stored));
    add_counts(out, "frames", report::packet_lines(run.figures.frames));
    add_counts(out, "secure associations", totals);
    return print(std::move(out));
}

bool show_span_summary(const store::SpanAnswer& span, Format format) {
    const auto totals = total_lines(span.totals);
    if (format == Format::csv) return print(totals_csv(totals));
    std::string out;
    if (format == Format::json) {
        JsonWriter json(out);
        json.begin_object();
        json.key("span");
        report::write_span(json, span);
        json.key("totals").begin_object();
        report::write_totals(json, span.totals);
        json.end_object();
        json.end_object();
        return print(indented(out));
    }
    out = report::span_text(span);
    add_counts(out, "secure associations", totals);
    return print(std::move(out));
}

} // namespace lacuna::app
