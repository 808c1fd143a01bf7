#include "report/html/html_page.hpp"

#include "base/output.hpp"
#include "base/wall_clock.hpp"
#include "flow/fields/derived.hpp"
#include "flow/replay_window.hpp"
#include "report/faults.hpp"
#include "report/html/chart.hpp"
#include "report/rows.hpp"
#include "report/text/advice.hpp"
#include "report/text/clock.hpp"
#include "report/text/frame_lines.hpp"
#include "report/text/identity.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"
#include "report/text/verdict.hpp"
#include "report/tunnels.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {
namespace {

/// Rows of a list at most; a page is for eyes.
constexpr std::size_t kRows = 100;
/// Bars of the timeline.
constexpr std::size_t kBars = 120;

constexpr const char* kStyle = R"(
body{font:15px/1.45 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#1b1f24;background:#fff}
h1{font-size:1.35em;line-height:1.3;border-left:6px solid;padding-left:.6em}
h1.good{border-color:#1a7f37}h1.warning{border-color:#9a6700}h1.bad{border-color:#cf222e}
h2{font-size:1.05em;margin:1.8em 0 .4em}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.2em .5em;border-bottom:1px solid #d0d7de}
th{font-weight:600}th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}
small,.note{color:#57606a}svg{width:100%;height:auto;fill:#cf222e;font-size:11px}
svg text{fill:#57606a}svg line{stroke:#57606a}
@media print{body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}tr,svg{break-inside:avoid}}
)";

/// Rows of cells; the first cell is text, the others are figures.
class Table {
public:
    Table(std::string& out, std::initializer_list<const char*> headings) : out_(out) {
        out_ += "<table>\n<thead><tr>";
        for (const char* h : headings)
            out_ += "<th scope=\"col\">" + escaped(h) + "</th>";
        out_ += "</tr></thead>\n<tbody>\n";
    }
    ~Table() { out_ += "</tbody></table>\n"; }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    void row(std::initializer_list<std::string> cells) {
        out_ += "<tr>";
        for (const std::string& c : cells)
            out_ += "<td>" + escaped(c) + "</td>";
        out_ += "</tr>\n";
    }

private:
    std::string& out_;
};

void heading(std::string& out, const std::string& text) {
    out += "<h2>" + escaped(text) + "</h2>\n";
}
void note(std::string& out, const std::string& text) {
    out += "<p class=\"note\">" + escaped(text) + "</p>\n";
}
void cut_note(std::string& out, std::size_t shown, std::uint64_t all) {
    if (shown < all) note(out, fmt::format("The first {} of {}.", grouped(shown), grouped(all)));
}

const char* class_of(Tone tone) {
    return tone == Tone::bad ? "bad" : tone == Tone::warning ? "warning" : "good";
}

void add_head(std::string& out, const Report& r, const Verdict& v) {
    const flow::RunFigures& f = r.figures;
    const std::string input = r.input.empty() ? "-" : r.input.front();
    out += "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>"
           + escaped("lacuna: " + input) + "</title>\n<style>" + kStyle + "</style></head><body>\n";
    out += fmt::format("<h1 class=\"{}\">{}</h1>\n", class_of(v.tone), escaped(v.text));
    std::string source = input;
    if (r.input.size() > 1) source += fmt::format(" and {} more", r.input.size() - 1);
    if (f.timed() && f.table.rows == f.totals.flows)
        source += fmt::format(", {}, {}", local_span(f.earliest, f.latest),
                              duration_text(seconds_between(f.earliest, f.latest)));
    note(out, source + ". Told by lacuna on " + local_time(wall_clock(), 0) + ".");
    if (!r.selection.empty()) note(out, "Only where " + r.selection + ".");
}

void add_faults(std::string& out, const Report& r, const Faults& faults) {
    if (!faults.worst.empty()) {
        heading(out, "What is wrong");
        Table table(out, {"association", "received", "lost", "loss %", "longest gap", "late",
                          "twice", "too old", "window", "packets/s"});
        flow::SaSummary s;
        for (const flow::HeldRow ref : faults.worst) {
            r.rows.read(ref, s);
            const flow::ReplayWindow w = flow::replay_window(s.late_extents, s.too_old_extents);
            table.row({identity_text(s), grouped(s.received), grouped(s.lost),
                       percent_number(flow::loss_ratio(s)), grouped(s.max_gap), grouped(s.late),
                       grouped(s.duplicates), grouped(s.too_old),
                       !w.needed        ? "> 65,536"
                       : *w.needed == 0 ? "–"
                                        : grouped(*w.needed),
                       short_number(flow::rate_pps(s))});
        }
    }
    cut_note(out, faults.worst.size(), faults.faulty);
    if (faults.clean != 0)
        note(out, fmt::format("{} without a fault: {}.", counted(faults.clean, "association"),
                              counted(faults.clean_received, "packet")));
}

void add_sentences(std::string& out, const Report& r) {
    const std::string text = advice_text(r, SIZE_MAX);
    if (text.empty()) return;
    heading(out, "What it means");
    out += "<ul>\n";
    for (std::size_t from = 0, end; (end = text.find('\n', from)) != text.npos; from = end + 1)
        out += "<li>" + escaped(std::string_view(text).substr(from, end - from)) + "</li>\n";
    out += "</ul>\n";
}

/// Lost numbers by the time that revealed them.
void add_timeline(std::string& out, const Report& r, const std::vector<Gap>& gaps) {
    const flow::RunFigures& f = r.figures;
    if (gaps.empty() || f.latest <= f.earliest) return;
    std::vector<Bar> bars(kBars);
    const double length = seconds_between(f.earliest, f.latest) * 1e9;
    for (const Gap& g : gaps) {
        const double at = seconds_between(f.earliest, g.time) * 1e9 / length;
        const double place = std::clamp(at * kBars, 0.0, double{kBars - 1});
        bars[static_cast<std::size_t>(place)].value +=
            static_cast<std::uint64_t>(g.next - g.first_missing);
    }
    for (std::size_t i = 0; i < kBars; ++i) {
        // A part of the span, which may be as long as all time there is.
        const std::uint64_t part =
            (static_cast<std::uint64_t>(f.latest) - static_cast<std::uint64_t>(f.earliest)) / kBars
            * i;
        const auto from = static_cast<TimeNs>(static_cast<std::uint64_t>(f.earliest) + part);
        bars[i].title = fmt::format("{}: {} lost", local_time(from, 3), grouped(bars[i].value));
    }
    bars.front().label = local_time(f.earliest, 0);
    bars.back().label = local_time(f.latest, 0);
    heading(out, "Lost numbers over time");
    out += bar_chart(bars, "Lost numbers over time, by the packet that revealed them");
    if (r.events_cut) note(out, "More gaps than are kept in memory: the end is missing.");
}

/// Counts by powers of two.
void add_histogram(std::string& out, const Log2Histogram& h, const char* title,
                   const std::string& unit) {
    std::size_t end = kLog2Buckets;
    while (end > 0 && h[end - 1] == 0)
        --end;
    if (end == 0) return;
    std::vector<Bar> bars;
    for (std::size_t k = 0; k < end; ++k) {
        const std::string from = grouped(std::uint64_t{1} << k);
        bars.push_back({h[k], from, fmt::format("{} and more {}: {}", from, unit, grouped(h[k]))});
    }
    heading(out, title);
    out += bar_chart(bars, title);
}

void add_tunnels(std::string& out, const Report& r) {
    const Tunnels tunnels = tunnels_of(r.rows);
    std::vector<const Tunnel*> list = tunnels.sorted();
    if (list.empty()) return;
    const std::size_t all = list.size();
    list.resize(std::min(all, kRows));
    heading(out, "Tunnels");
    {
        Table table(out, {"tunnel", "associations", "received", "lost", "loss %", "late"});
        for (const Tunnel* t : list) {
            const flow::Totals sum = t->sum();
            const std::string name = name_of(*t);
            table.row({name.empty() ? t->id : name + "  " + t->id, grouped(sum.flows),
                       grouped(sum.received), grouped(sum.lost),
                       percent_number(flow::loss_ratio(sum)), grouped(sum.late)});
        }
    }
    cut_note(out, list.size(), all);
}

void add_gaps(std::string& out, const std::vector<Gap>& gaps) {
    if (gaps.empty()) return;
    heading(out, "Gaps");
    {
        Table table(out,
                    {"association", "revealed", "first missing", "numbers", "the probe's own"});
        for (std::size_t i = 0; i < std::min(gaps.size(), kRows); ++i) {
            const Gap& g = gaps[i];
            table.row({wire::sa_text(g.id), local_time(g.time, 3),
                       grouped(static_cast<std::uint64_t>(g.first_missing)),
                       grouped(static_cast<std::uint64_t>(g.next - g.first_missing)),
                       g.blind ? "yes" : "no"});
        }
    }
    cut_note(out, std::min(gaps.size(), kRows), gaps.size());
}

void add_totals(std::string& out, const Report& r) {
    const flow::Totals& t = r.figures.totals;
    heading(out, "Totals");
    Table table(out, {"of all associations", "count"});
    table.row({"associations", grouped(t.flows)});
    for (const auto& [name, n] :
         {std::pair("packets received", t.received), std::pair("numbers lost", t.lost),
          std::pair("of these while the probe itself lost packets", t.lost_blind),
          std::pair("of these doubtful", t.lost_doubtful), std::pair("gaps", t.gaps),
          std::pair("longest gap", t.max_gap), std::pair("late", t.late),
          std::pair("farthest behind", t.max_late_extent), std::pair("twice", t.duplicates),
          std::pair("too old", t.too_old), std::pair("restarts", t.restarts),
          std::pair("rekeys", t.rekeys)})
        table.row({name, grouped(n)});
    for (const auto& [name, n] : packet_lines(r.figures.frames))
        table.row({std::string("frames: ") + name, grouped(n)});
}

} // namespace

bool write_html(std::FILE* file, const Report& report, const ViewOptions& options) {
    Output out(file);
    const Faults faults = faults_of(report.rows, options.top != 0 ? options.top : kRows, options);
    const std::vector<Gap> gaps = ordered_gaps(report, 0);
    add_head(out.text, report, verdict(report, faults));
    add_faults(out.text, report, faults);
    add_sentences(out.text, report);
    add_timeline(out.text, report, gaps);
    add_histogram(out.text, report.figures.totals.loss_periods, "Gaps by their length",
                  "numbers in a row");
    add_histogram(out.text, report.figures.totals.late_extents,
                  "Late packets by how late they were", "numbers behind");
    add_tunnels(out.text, report);
    add_totals(out.text, report);
    add_gaps(out.text, gaps);
    out.text += "</body></html>\n";
    return out.end();
}

} // namespace lacuna::report
