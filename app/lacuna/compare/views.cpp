#include "compare/views.hpp"

#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "flow/fields/derived.hpp"
#include "report/json/field_json.hpp"
#include "report/text/clock.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"
#include "report/views.hpp"

#include <algorithm>
#include <array>

namespace lacuna::app {
namespace {

using report::counted;
using report::grouped;
using report::padded;
using report::painted;
using report::percent_number;
using report::percent_text;
using report::Tone;

/// Pairs the table shows unless told otherwise.
constexpr std::size_t kShown = 10;

std::size_t count_of(const Comparison& c, Change change) {
    return static_cast<std::size_t>(std::count_if(
        c.pairs.begin(), c.pairs.end(), [&](const Pair& p) { return p.change == change; }));
}

std::string share_of(const flow::Totals& t) {
    const std::uint64_t lost = flow::lost_on_the_way(t);
    return fmt::format("{} of {}", grouped(lost), grouped(lost + flow::distinct_numbers(t)));
}

/// What changed as a whole, in a sentence.
std::pair<std::string, Tone> verdict(const Comparison& c) {
    const flow::Totals& a = c.a.totals;
    const flow::Totals& b = c.b.totals;
    const Change change = judge(a, b);
    const double from = flow::loss_ratio(a);
    const double to = flow::loss_ratio(b);
    std::string text = change == Change::worse    ? "Worse"
                       : change == Change::better ? "Better"
                                                  : "As before";
    if (from == 0 && to == 0)
        text += ": nothing was lost on the way in either";
    else
        text += fmt::format(": {} lost ({} numbers), before {} ({})", percent_text(to), share_of(b),
                            percent_text(from), share_of(a));
    const auto also = [&](Change of, const char* what) {
        if (const std::size_t n = count_of(c, of); n != 0)
            text += fmt::format("; {} {}", grouped(n), what);
    };
    also(Change::worse, "worse");
    also(Change::better, "better");
    also(Change::appeared, "new");
    also(Change::gone, "gone");
    return {text + ".", change == Change::worse    ? Tone::bad
                        : change == Change::better ? Tone::good
                                                   : Tone::plain};
}

std::string of_both(const Pair& p, std::string (*text)(const Figures&)) {
    return (p.a ? text(*p.a) : "-") + " → " + (p.b ? text(*p.b) : "-");
}

Tone tone_of(Change change) {
    return change == Change::worse    ? Tone::bad
           : change == Change::better ? Tone::good
           : change == Change::same   ? Tone::plain
                                      : Tone::warning;
}

void add_side(report::Page& page, const char* label, const Side& side) {
    constexpr std::size_t kIndent = 3;
    std::string text =
        fmt::format("{}  {}: {} of {}", label, side.source, counted(side.totals.received, "packet"),
                    counted(side.rows.size(), "SA"));
    if (side.latest != 0) text += ", " + report::local_span(side.earliest, side.latest);
    page.line("{}", report::wrapped(text, report::screen().columns, kIndent));
}

void add_table(report::Page& page, const std::vector<Pair>& pairs) {
    struct Column {
        const char* heading;
        std::string (*text)(const Figures&);
    };
    static constexpr std::array<Column, 4> kColumns{
        {{"loss %", [](const Figures& f) { return percent_number(flow::loss_ratio(f.sum)); }},
         {"lost", [](const Figures& f) { return grouped(f.sum.lost); }},
         {"late", [](const Figures& f) { return grouped(f.sum.late); }},
         {"pkt/s", [](const Figures& f) { return report::short_number(f.rate_pps); }}}};
    std::array<std::size_t, kColumns.size()> widths{};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        widths[i] = std::string(kColumns[i].heading).size();
        for (const Pair& p : pairs)
            widths[i] = std::max(widths[i], report::width_of(of_both(p, kColumns[i].text)));
    }
    const std::size_t columns = report::screen().columns;
    std::size_t used = 8;
    std::size_t shown = 0;
    constexpr std::size_t kLeast = 12;
    while (shown < kColumns.size() && (shown == 0 || used + 2 + widths[shown] + kLeast <= columns))
        used += 2 + widths[shown++];
    std::size_t width = 2;
    for (const Pair& p : pairs)
        width = std::max(width, report::width_of(p.what));
    width = std::min(width, std::max(columns - std::min(columns, used), kLeast));
    std::string heading = padded("SA", width) + "  " + padded("", 6);
    for (std::size_t i = 0; i < shown; ++i)
        heading += "  " + report::aligned_right(kColumns[i].heading, widths[i]);
    page.line("{}", painted(heading, Tone::quiet));
    for (const Pair& p : pairs) {
        std::string line = painted(report::wrapped(p.what, columns, 4), Tone::strong);
        const std::size_t taken = report::width_of(p.what);
        line += taken > width ? '\n' + std::string(width, ' ') : std::string(width - taken, ' ');
        line += "  " + painted(padded(change_name(p.change), 6), tone_of(p.change));
        for (std::size_t i = 0; i < shown; ++i)
            line += "  " + report::aligned_right(of_both(p, kColumns[i].text), widths[i]);
        page.line("{}", line);
    }
}

void write_figures(JsonWriter& json, const std::optional<Figures>& f) {
    if (!f) return json.null();
    json.begin_object();
    json.member("sas", f->sum.flows);
    json.member("received", f->sum.received);
    json.member("lost", f->sum.lost);
    json.member("lost_blind", f->sum.lost_blind);
    json.key("loss_ratio").fixed(flow::loss_ratio(f->sum), 9);
    json.member("gaps", f->sum.gaps);
    json.member("max_gap", f->sum.max_gap);
    json.member("late", f->sum.late);
    json.member("duplicates", f->sum.duplicates);
    json.key("rate_pps").fixed(f->rate_pps, 3);
    json.end_object();
}

void write_side(JsonWriter& json, const char* name, const Side& side) {
    json.line().key(name).begin_object();
    json.member("source", side.source);
    for (const auto& [key, time] :
         {std::pair("first_time", side.earliest), std::pair("last_time", side.latest)}) {
        json.key(key);
        side.latest != 0 ? json.time(time) : json.null();
    }
    json.key("totals").begin_object();
    report::write_totals(json, side.totals);
    json.end_object();
    json.end_object();
}

std::size_t shown_of(const Comparison& c, std::size_t top) {
    return top != 0 ? std::min(top, c.pairs.size()) : c.pairs.size();
}

} // namespace

bool show_comparison_text(const Comparison& c, std::size_t top) {
    report::Page page;
    const auto [text, tone] = verdict(c);
    page.line("{}", painted(report::wrapped(text, report::screen().columns), tone));
    std::vector<Pair> shown;
    for (const Pair& p : c.pairs)
        if (top != 0 || p.change != Change::same) shown.push_back(p);
    const std::size_t changed = shown.size();
    shown.resize(std::min(changed, top != 0 ? top : kShown));
    if (!shown.empty()) {
        page.blank();
        add_table(page, shown);
    }
    if (shown.size() < changed)
        page.line("(the first {} of {}; --top N, --json and --csv show more)",
                  grouped(shown.size()), grouped(changed));
    if (const std::size_t same = c.pairs.size() - changed; same != 0)
        page.line("{} no worse and no better", grouped(same));
    page.blank();
    add_side(page, "A", c.a);
    add_side(page, "B", c.b);
    return print(page.text());
}

bool show_comparison_json(const Comparison& c, std::size_t top) {
    Output out;
    JsonWriter json(out.text);
    json.begin_object();
    json.member("schema", "lacuna.compare/1");
    json.line().member("change", change_name(judge(c.a.totals, c.b.totals)));
    write_side(json, "a", c.a);
    write_side(json, "b", c.b);
    json.line().member("count", c.pairs.size());
    json.line().key("flows").begin_array();
    for (std::size_t i = 0; i < shown_of(c, top) && out.good(); ++i) {
        const Pair& p = c.pairs[i];
        json.line().begin_object();
        json.member("what", p.what);
        json.member("ends", p.ends);
        json.member("several", p.several);
        json.member("change", change_name(p.change));
        json.key("a");
        write_figures(json, p.a);
        json.key("b");
        write_figures(json, p.b);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    out.text += '\n';
    return out.end();
}

bool show_comparison_csv(const Comparison& c, std::size_t top) {
    Output out;
    out.text = "what,ends,change,a_received,a_lost,a_loss_ratio,a_late,b_received,b_lost,"
               "b_loss_ratio,b_late\r\n";
    const auto figures = [](const std::optional<Figures>& f) {
        return f ? fmt::format(",{},{},{:.9f},{}", f->sum.received, f->sum.lost,
                               flow::loss_ratio(f->sum), f->sum.late)
                 : std::string(",,,,");
    };
    for (std::size_t i = 0; i < shown_of(c, top) && out.good(); ++i) {
        const Pair& p = c.pairs[i];
        out.text += report::csv_text(p.what) + ',' + report::csv_text(p.ends) + ','
                    + change_name(p.change) + figures(p.a) + figures(p.b) + "\r\n";
    }
    return out.end();
}

} // namespace lacuna::app
