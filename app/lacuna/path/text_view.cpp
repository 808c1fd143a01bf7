// For a person: the path as a line, and what stands behind it.
#include "base/output.hpp"
#include "path/views.hpp"
#include "report/text/number_text.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

using path::Direction;
using path::FlowResult;
using path::PathResult;
using path::Segment;
using report::grouped;

/// Worst SAs shown of each segment, unless told otherwise.
constexpr std::size_t kWorst = 3;

/// Two digits that mean something, and never 0 for what is more.
std::string percent(double share) {
    const double p = share * 100;
    return p == 0    ? "0 %"
           : p < 0.1 ? fmt::format("{:.2g} %", p)
                     : fmt::format("{:.{}f} %", p, p < 10 ? 2 : 1);
}

std::string time_text(TimeNs ns) {
    const double t = static_cast<double>(ns);
    const double size = std::abs(t);
    return size < 1e3   ? fmt::format("{} ns", ns)
           : size < 1e6 ? fmt::format("{:.2f} µs", t / 1e3)
           : size < 1e9 ? fmt::format("{:.3f} ms", t / 1e6)
                        : fmt::format("{:.3f} s", t / 1e9);
}

std::string name_of(const PathResult& r, const Segment& s) {
    return r.taps[s.from].name + " → " + r.taps[s.to].name;
}

/// Columns a terminal needs for UTF-8 text without wide letters.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}
std::string padded(const std::string& text, std::size_t columns) {
    return text + std::string(columns - std::min(columns, width(text)), ' ');
}

/// `west ──1.2 %── mid ──0 %── east`, and how much went that way.
void append_line(std::string& out, const PathResult& r, Direction direction) {
    std::uint64_t sas = 0, numbers = 0;
    for (const FlowResult& f : r.sas)
        if (f.direction == direction && f.compared != 0) {
            ++sas;
            numbers += f.compared;
        }
    if (sas == 0) return;
    const std::size_t taps = r.taps.size();
    const bool reverse = direction == Direction::reverse;
    std::string line;
    for (std::size_t i = 0; i < taps; ++i) {
        const std::size_t t = reverse ? taps - 1 - i : i;
        line += r.taps[t].name;
        if (i + 1 == taps) break;
        const std::size_t next = reverse ? t - 1 : t + 1;
        const auto s = std::find_if(r.segments.begin(), r.segments.end(),
                                    [&](const Segment& x) { return x.from == t && x.to == next; });
        line += s == r.segments.end() ? " ── ? ── " : " ──" + percent(s->loss()) + "── ";
    }
    out += fmt::format("{}    {}: {}, {} compared\n", line, direction_name(direction),
                       report::counted(sas, "SA"), report::counted(numbers, "number"));
}

void append_segments(std::string& out, const PathResult& r, Clocks clocks) {
    const bool free = clocks == Clocks::free;
    std::size_t columns = 7;
    for (const Segment& s : r.segments)
        columns = std::max(columns, width(name_of(r, s)));
    out += fmt::format("\n{} {:>12} {:>10} {:>9} {:>10} {:>10}   {:>11} {:>11} {:>11} {:>11}\n",
                       padded("segment", columns), "lost", "loss", "gaps", "reordered",
                       "duplicated", free ? "over least:" : "delay min", "median", "99 %", "max");
    for (const Segment& s : r.segments) {
        const auto delay = [&](TimeNs t) { return time_text(free ? t - s.delay.min() : t); };
        out += fmt::format("{} {:>12} {:>10} {:>9} {:>10} {:>10}", padded(name_of(r, s), columns),
                           grouped(s.lost), percent(s.loss()), grouped(s.gaps),
                           grouped(s.reordered), grouped(s.duplicated));
        if (s.delay.samples() != 0)
            out += fmt::format("   {:>11} {:>11} {:>11} {:>11}\n",
                               free ? "" : time_text(s.delay.min()), delay(s.delay.quantile(0.5)),
                               delay(s.delay.quantile(0.99)), delay(s.delay.max()));
        else
            out += "   not measured\n";
    }
}

void append_worst(std::string& out, const PathResult& r, const Segment& where, std::size_t most) {
    struct Row {
        const FlowResult* flow;
        const Segment* segment;
    };
    std::vector<Row> rows;
    for (const FlowResult& f : r.sas)
        for (const Segment& s : f.segments)
            if (s.from == where.from && s.to == where.to && s.lost != 0) rows.push_back({&f, &s});
    if (rows.empty()) return;
    const std::size_t shown = std::min(most, rows.size());
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown), rows.end(),
                      [](const Row& a, const Row& b) { return a.segment->lost > b.segment->lost; });
    out += fmt::format("\nworst {} of {} SAs that lost on {}\n", shown, grouped(rows.size()),
                       name_of(r, where));
    for (std::size_t i = 0; i < shown; ++i)
        out += fmt::format("  {:<40} {:>12} lost {:>10}\n", wire::sa_text(rows[i].flow->id),
                           grouped(rows[i].segment->lost), percent(rows[i].segment->loss()));
}

void append_sentences(std::string& out, const PathResult& r, Clocks clocks) {
    out += '\n';
    for (const path::TapResult& t : r.taps)
        if (t.unseen != 0)
            out += fmt::format("{} itself missed {} that a later tap saw: its own loss, not the "
                               "network's.\n",
                               t.name, report::counted(t.unseen, "number"));
    if (r.lost_before != 0)
        out += fmt::format("{} of those compared {} seen at no tap: lost before the first.\n",
                           report::counted(r.lost_before, "number"),
                           r.lost_before == 1 ? "was" : "were");
    if (r.unknown != 0)
        out += fmt::format("Of {} nobody knows: a tap was blind, or the direction is unknown.\n",
                           report::counted(r.unknown, "number"));
    for (const Segment& s : r.segments)
        if (const Segment* back =
                clocks != Clocks::synced && s.from < s.to ? way_back(r, s) : nullptr) {
            const TimeNs ahead = clock_offset(s, *back);
            out += fmt::format("If the way takes as long there as back, the clock of {} is {} {} "
                               "that of {}.\n",
                               r.taps[s.to].name, time_text(std::abs(ahead)),
                               ahead < 0 ? "behind" : "ahead of", r.taps[s.from].name);
        }
    for (const std::string& remark : r.remarks)
        out += "remark: " + remark + '\n';
}

} // namespace

bool write_path_text(const PathResult& r, const PathShown& shown) {
    std::string out;
    for (const Direction d : {Direction::forward, Direction::reverse})
        append_line(out, r, d);
    if (!r.segments.empty()) append_segments(out, r, shown.clocks);
    for (const Segment& s : r.segments)
        append_worst(out, r, s, shown.top == 0 ? kWorst : shown.top);
    append_sentences(out, r, shown.clocks);
    return print(std::move(out));
}

} // namespace lacuna::app
