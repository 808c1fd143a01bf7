#include "query/views.hpp"

#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "base/time_text.hpp"
#include "names/given.hpp"
#include "report/json/field_json.hpp"
#include "report/json/flow_json.hpp"
#include "report/json/span_json.hpp"
#include "report/text/clock.hpp"
#include "report/text/flow_page.hpp"
#include "report/text/frame_lines.hpp"
#include "report/text/number_text.hpp"
#include "report/views.hpp"
#include "store/records/run_times.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::app {
namespace {

using report::csv_text;
using report::grouped;

/// A table is for eyes: it shows no more, and says so.
constexpr std::size_t kTableRows = 10'000;

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

/// The same JSON for eyes: a member or an entry a line, fractions without the zeros at their end.
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
    report::write_totals(json, f.totals);
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

void write_spanned(JsonWriter& json, const Spanned& spanned) {
    if (!spanned) return;
    json.key("span");
    report::write_span(json, *spanned);
}

/// `{"count":n,"<name>":[...]}`, `count` being what was found, from items that write themselves;
/// `rest` adds members behind them.
template <typename List, typename Fn, typename Rest>
bool print_json(const char* name, const List& list, Fn write, Rest rest) {
    Output out;
    JsonWriter json(out.text);
    json.begin_object();
    json.member("count", list.found());
    json.key(name).begin_array();
    for (std::size_t i = 0; i < list.size() && out.good(); ++i)
        write(json.line(), list.at(i));
    json.end_array();
    rest(json);
    json.end_object();
    out.text += '\n';
    return out.end();
}

} // namespace

const char* const kIncompleteGaps =
    "gaps may be missing: the store does not hold all events of this run";

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

bool show_flows(const RowList& rows, Format format, const report::ViewOptions& view,
                const Spanned& spanned) {
    if (format == Format::json)
        return print_json(
            "flows", rows,
            [&view](JsonWriter& json, const flow::SaSummary& s) {
                report::write_flow(json, s, view);
            },
            [&spanned](JsonWriter& json) { write_spanned(json, spanned); });
    if (format == Format::csv) {
        Output out;
        out.text = report::csv_header();
        for (std::size_t i = 0; i < rows.size() && out.good(); ++i)
            report::append_csv(out.text, rows.at(i));
        return out.end();
    }
    const std::size_t shown = std::min(rows.size(), kTableRows);
    std::vector<flow::SaSummary> list;
    for (std::size_t i = 0; i < shown; ++i)
        list.push_back(rows.at(i));
    std::string text = spanned ? report::span_text(*spanned) + '\n' : std::string();
    text += report::flow_table(list, "SA", {});
    if (shown < rows.size())
        text += fmt::format("({} of {}; --json and --csv list them all)\n", grouped(shown),
                            grouped(rows.found()));
    return print(std::move(text));
}

bool show_flow(const RowList& rows, Format format, const report::ViewOptions& view,
               const Spanned& spanned) {
    if (format != Format::table) return show_flows(rows, format, view, spanned);
    std::string out = spanned ? report::span_text(*spanned) + '\n' : std::string();
    for (std::size_t i = 0; i < rows.size(); ++i)
        out += report::flow_page(rows.at(i), view) + '\n';
    return print(std::move(out));
}

bool show_mka(const report::MkaView& mka, const store::RunRecord& run, Format format) {
    if (format == Format::csv) return print(report::mka_csv(mka));
    std::string out;
    if (format == Format::json) {
        JsonWriter json(out);
        report::write_mka(json, mka);
        return print(std::move(out) + '\n');
    }
    out = report::mka_table(mka);
    if (!out.empty()) return print(std::move(out));
    return print(run.state == store::RunState::open
                     ? "what key agreement (MKA) said is stored when the run has ended\n"
                     : "no key agreement (MKA) was seen\n");
}

bool show_tunnels(const report::Tunnels& tunnels, const TunnelQuestion& question,
                  const Spanned& spanned, Format format) {
    const auto& [id, limit, by] = question;
    if (format == Format::table && id.empty())
        return print((spanned ? report::span_text(*spanned) + '\n' : std::string())
                     + report::tunnel_table(tunnels, limit != 0 ? limit : kTableRows, by));
    std::vector<const report::Tunnel*> list = tunnels.sorted(by);
    if (!id.empty()) list = {tunnels.find(id)};
    const std::size_t found = list.size();
    if (limit != 0 && limit < list.size()) list.resize(limit);
    if (format == Format::csv) {
        const bool named = names::given() != nullptr;
        std::string text = "id,sas,received,lost,lost_blind,lost_doubtful,late,duplicates";
        text += named ? ",name\r\n" : "\r\n";
        for (const report::Tunnel* t : list) {
            const flow::Totals sum = t->sum();
            fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{}", t->id, sum.flows,
                           sum.received, sum.lost, sum.lost_blind, sum.lost_doubtful, sum.late,
                           sum.duplicates);
            text += (named ? ',' + csv_text(report::name_of(*t)) : std::string()) + "\r\n";
        }
        return print(std::move(text));
    }
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("count", found);
    json.key("tunnels").begin_array();
    for (const report::Tunnel* t : list)
        report::write_tunnel(json.line(), *t);
    json.end_array();
    write_spanned(json, spanned);
    json.end_object();
    return print(format == Format::json ? out + '\n' : indented(out));
}

bool show_gaps(const GapList& gaps, Format format) {
    const bool cut = gaps.size() < gaps.found();
    if (format == Format::json)
        return print_json("gaps", gaps, report::write_gap, [&](JsonWriter& json) {
            json.member("gaps_cut", cut);
            json.member("complete", gaps.complete);
        });
    Output out;
    if (format == Format::csv) out.text = report::kGapColumns;
    if (format == Format::table) out.text = report::gap_table({});
    const std::size_t heading = out.text.size();
    for (std::size_t i = 0; i < gaps.size() && out.good(); ++i) {
        const flow::Gap g = gaps.at(i);
        if (format == Format::table)
            out.text += report::gap_table({&g, 1}).substr(heading);
        else
            report::append_gap_csv(out.text, g);
    }
    if (format == Format::table && cut)
        fmt::format_to(std::back_inserter(out.text), "(the first {} of {})\n", grouped(gaps.size()),
                       report::counted(gaps.found(), "gap"));
    if (format == Format::table && !gaps.complete)
        fmt::format_to(std::back_inserter(out.text), "({})\n", kIncompleteGaps);
    return out.end();
}

} // namespace lacuna::app
