#include "base/time_text.hpp"
#include "flow/fields/derived.hpp"
#include "report/figures.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <array>

namespace lacuna::report {
namespace {

/// A longer id gets a line of its own, so that the figures stay in a terminal's 100 columns.
constexpr std::size_t kLongId = 42;

constexpr std::array kHeadings{"received", "lost", "gaps",   "longest", "late",
                               "dup",      "old",  "window", "pps"};
using Cells = std::array<std::string, kHeadings.size()>;

std::string name_of(const flow::SaSummary& s) {
    std::string name;
    flow::append_id(name, s);
    return name;
}

Cells cells(const flow::SaSummary& s) {
    const flow::ReplayWindow w = flow::replay_window(s.late_extents, s.too_old_extents);
    return {grouped(s.received),
            grouped(s.lost),
            grouped(s.gaps),
            grouped(s.max_gap),
            grouped(s.late),
            grouped(s.duplicates),
            grouped(s.too_old),
            w.needed ? grouped(*w.needed) : std::string(">65,536"),
            short_number(flow::rate_pps(s))};
}

std::string warning(const flow::SaSummary& s, const Exhaustion& e) {
    std::string text = fmt::format("  number {} of 4,294,967,295", grouped(s.highest()));
    if (e.seconds_left)
        text += fmt::format(": none left in {} at {} numbers/s", duration_text(*e.seconds_left),
                            short_number(e.rate_per_s));
    return text;
}

} // namespace

std::string flow_table(std::span<const flow::SaSummary> rows, const std::string& title,
                       const ViewOptions& options) {
    std::size_t id_width = title.size();
    std::array<std::size_t, kHeadings.size()> widths{};
    for (std::size_t i = 0; i < widths.size(); ++i)
        widths[i] = std::string(kHeadings[i]).size();
    for (const flow::SaSummary& s : rows) {
        const std::size_t length = name_of(s).size();
        if (length <= kLongId) id_width = std::max(id_width, length);
        const Cells c = cells(s);
        for (std::size_t i = 0; i < c.size(); ++i)
            widths[i] = std::max(widths[i], c[i].size());
    }

    Page p;
    const auto line = [&](std::string text, const auto& columns) {
        text.resize(std::max(text.size(), id_width), ' ');
        for (std::size_t i = 0; i < widths.size(); ++i)
            text += fmt::format("  {:>{}}", columns[i], widths[i]);
        p.line("{}", text);
    };
    line(title, kHeadings);
    bool out_of_order = false;
    for (const flow::SaSummary& s : rows) {
        const std::string id = name_of(s);
        const bool long_id = id.size() > kLongId;
        if (long_id) p.line("{}", id);
        line(long_id ? "" : id, cells(s));
        if (const Exhaustion e = exhaustion(s, options); e.warning) p.line("{}", warning(s, e));
        out_of_order = out_of_order || s.late != 0 || s.too_old != 0;
    }
    if (out_of_order)
        p.line("(window: the smallest replay window that would have dropped none of its packets)");
    return p.text();
}

std::string gap_table(std::span<const Gap> gaps) {
    Page p;
    p.line("{:<30}  {:>13} {:>12} {:>9}  {}", "revealed", "first missing", "next", "size", "SA");
    for (const Gap& g : gaps)
        p.line("{:<30}  {:>13} {:>12} {:>9}  {}{}", rfc3339(g.time), g.first_missing, g.next,
               grouped(static_cast<std::uint64_t>(g.next - g.first_missing)), wire::sa_text(g.id),
               g.blind ? " (blind)" : "");
    return p.text();
}

} // namespace lacuna::report
