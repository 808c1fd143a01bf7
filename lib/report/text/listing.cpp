#include "flow/fields/derived.hpp"
#include "report/figures.hpp"
#include "report/text/clock.hpp"
#include "report/text/identity.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"
#include "report/views.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <vector>

namespace lacuna::report {
namespace {

using flow::SaSummary;

/// Columns an identity has at least; a longer one may have a line of its own.
constexpr std::size_t kLeastIdentity = 16;

std::string window_text(const SaSummary& s) {
    const flow::ReplayWindow w = flow::replay_window(s.late_extents, s.too_old_extents);
    if (!w.needed) return ">65,536";
    return *w.needed != 0 ? grouped(*w.needed) : "-";
}

std::string id_text(const SaSummary& s) {
    std::string id;
    flow::append_id(id, s);
    return id;
}

/// When a column is shown.
enum class Shown : std::uint8_t { always, where_any, with_room };

/// One figure of an SA. What comes first in the list is dropped last on a narrow screen.
struct Column {
    const char* heading;
    Shown shown;
    unsigned place; ///< from left to right
    std::string (*text)(const SaSummary& s);
    bool (*any)(const SaSummary& s); ///< whether there is anything to show of an SA
    Tone tone;                       ///< of what is not nothing
    const char* legend;              ///< empty: the heading says it
};

template <auto Member>
std::string count_text(const SaSummary& s) {
    return grouped(s.*Member);
}
template <auto Member>
bool has(const SaSummary& s) {
    return s.*Member != 0;
}

constexpr Column kColumns[] = {
    {"loss %", Shown::always, 1,
     [](const SaSummary& s) { return percent_number(flow::loss_ratio(s)); },
     [](const SaSummary& s) { return flow::lost_on_the_way(s) != 0; }, Tone::bad, ""},
    {"lost", Shown::always, 2, count_text<&SaSummary::lost>, has<&SaSummary::lost>, Tone::bad, ""},
    {"pkt/s", Shown::always, 13, [](const SaSummary& s) { return short_number(flow::rate_pps(s)); },
     [](const SaSummary&) { return false; }, Tone::plain, ""},
    {"longest", Shown::where_any, 6, count_text<&SaSummary::max_gap>, has<&SaSummary::max_gap>,
     Tone::plain, "longest: gap"},
    {"late", Shown::where_any, 7, count_text<&SaSummary::late>, has<&SaSummary::late>,
     Tone::warning, "late: out of order"},
    {"dup", Shown::where_any, 8, count_text<&SaSummary::duplicates>, has<&SaSummary::duplicates>,
     Tone::warning, "dup: again"},
    {"window", Shown::where_any, 12, window_text,
     [](const SaSummary& s) { return s.late != 0 || s.too_old != 0; }, Tone::plain,
     "window: that keeps all"},
    {"old", Shown::where_any, 9, count_text<&SaSummary::too_old>, has<&SaSummary::too_old>,
     Tone::warning, "old: too late to tell"},
    {"restarts", Shown::where_any, 10, count_text<&SaSummary::restarts>, has<&SaSummary::restarts>,
     Tone::warning, ""},
    {"outliers", Shown::where_any, 11, count_text<&SaSummary::outliers>, has<&SaSummary::outliers>,
     Tone::warning, ""},
    {"blind", Shown::where_any, 3, count_text<&SaSummary::lost_blind>, has<&SaSummary::lost_blind>,
     Tone::plain, "blind: lost by the probe"},
    {"doubtful", Shown::where_any, 4, count_text<&SaSummary::lost_doubtful>,
     has<&SaSummary::lost_doubtful>, Tone::plain, "doubtful: may have been no packets"},
    {"received", Shown::with_room, 0, count_text<&SaSummary::received>, has<&SaSummary::received>,
     Tone::plain, ""},
    {"gaps", Shown::with_room, 5, count_text<&SaSummary::gaps>, has<&SaSummary::gaps>, Tone::plain,
     ""},
    {"id", Shown::with_room, 14, id_text, [](const SaSummary&) { return false; }, Tone::quiet, ""},
};

/// The columns of some rows on a screen, and how wide they are.
class Layout {
public:
    Layout(std::span<const SaSummary> rows, const std::string& title) {
        const std::size_t columns = screen().columns;
        std::size_t wanted = width_of(title);
        for (const SaSummary& s : rows)
            wanted = std::max(wanted, width_of(identity_text(s)));
        std::size_t used = 0;
        for (const Column& c : kColumns) {
            if (c.shown == Shown::where_any && std::none_of(rows.begin(), rows.end(), c.any))
                continue;
            std::size_t width = width_of(c.heading);
            for (const SaSummary& s : rows)
                width = std::max(width, width_of(c.text(s)));
            // More than is needed only beside an identity that has all its room.
            const std::size_t beside =
                c.shown == Shown::with_room ? wanted : std::max(kLeastIdentity, width_of(title));
            if (c.shown != Shown::always && beside + used + 2 + width > columns) continue;
            used += 2 + width;
            columns_.push_back({&c, width});
        }
        std::sort(columns_.begin(), columns_.end(), [](const Chosen& a, const Chosen& b) {
            return a.column->place < b.column->place;
        });
        const std::size_t room = columns - std::min(columns, used);
        identity_ = std::min(wanted, std::max({room, kLeastIdentity, width_of(title)}));
    }

    struct Chosen {
        const Column* column;
        std::size_t width;
    };
    const std::vector<Chosen>& columns() const { return columns_; }
    std::size_t identity() const { return identity_; } ///< its columns

private:
    std::vector<Chosen> columns_;
    std::size_t identity_;
};

std::string heading(const Layout& layout, const std::string& title) {
    std::string line = padded(title, layout.identity());
    for (const auto& [column, width] : layout.columns())
        line += "  "
                + (column->text == id_text ? std::string(column->heading)
                                           : aligned_right(column->heading, width));
    return line;
}

/// One line; two, where the identity is too long for its column.
std::string row(const Layout& layout, const SaSummary& s) {
    const std::string identity = identity_text(s);
    std::string line = painted(wrapped(identity, screen().columns, 4), Tone::strong);
    if (width_of(identity) > layout.identity())
        line += '\n' + std::string(layout.identity(), ' ');
    else
        line += std::string(layout.identity() - width_of(identity), ' ');
    for (const auto& [column, width] : layout.columns()) {
        const std::string text = column->text(s);
        const bool left = column->text == id_text;
        line += "  ";
        if (!left) line += std::string(width - width_of(text), ' ');
        line += painted(text, left || column->any(s) ? column->tone : Tone::plain);
    }
    return line;
}

/// What the headings mean, in a line or two.
std::string legend(const Layout& layout) {
    std::string text;
    for (const auto& [column, width] : layout.columns())
        if (*column->legend != '\0')
            text += (text.empty() ? "(" : "; ") + std::string(column->legend);
    if (text.empty()) return text;
    return painted(wrapped(text + ")", screen().columns, 1), Tone::quiet) + '\n';
}

std::string warning(const SaSummary& s, const Exhaustion& e) {
    std::string text = fmt::format("  number {} of 4,294,967,295", grouped(s.highest()));
    if (e.seconds_left)
        text += fmt::format(": none left in {} at {} numbers/s", duration_text(*e.seconds_left),
                            short_number(e.rate_per_s));
    return text;
}

} // namespace

std::string flow_table(std::span<const SaSummary> rows, const std::string& title,
                       const ViewOptions& options) {
    const Layout layout(rows, title);
    Page p;
    p.line("{}", painted(heading(layout, title), Tone::quiet));
    for (const SaSummary& s : rows) {
        p.line("{}", row(layout, s));
        if (s.silent != 0)
            p.line("{}", painted("  silent since " + local_time(s.last_time), Tone::warning));
        if (const Exhaustion e = exhaustion(s, options); e.warning)
            p.line("{}", painted(warning(s, e), Tone::warning));
    }
    p.add(legend(layout));
    return p.text();
}

std::string gap_table(std::span<const Gap> gaps) {
    Page p;
    p.line("{:<30}  {:>13} {:>12} {:>9}  {}", "revealed", "first missing", "next", "size", "SA");
    for (const Gap& g : gaps)
        p.line("{:<30}  {:>13} {:>12} {:>9}  {}{}", local_time(g.time), g.first_missing, g.next,
               grouped(static_cast<std::uint64_t>(g.next - g.first_missing)), wire::sa_text(g.id),
               g.blind ? " (blind)" : "");
    return p.text();
}

} // namespace lacuna::report
