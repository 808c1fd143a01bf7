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
#include "report/text/lists/tunnel_page.hpp"
#include "report/text/number_text.hpp"
#include "report/views.hpp"
#include "store/records/run_times.hpp"
#include "wire/text/sa_text.hpp"

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
    if (format == Format::table)
        return print((spanned ? report::span_text(*spanned) + '\n' : std::string())
                     + report::tunnel_page(*list.front()));
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
    return print(out + '\n');
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
