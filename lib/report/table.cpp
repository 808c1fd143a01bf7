#include "base/time_text.hpp"
#include "report/figures.hpp"
#include "report/number_text.hpp"
#include "report/rows.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {
namespace {

constexpr std::size_t kWorst = 10;
constexpr std::size_t kOtherLines = 12;

class Page {
public:
    template <typename... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
        text_ += '\n';
    }
    void blank() { text_ += '\n'; }
    void add(const std::string& text) { text_ += text; }
    const std::string& text() const { return text_; }
    bool print(std::FILE* out) const {
        return std::fwrite(text_.data(), 1, text_.size(), out) == text_.size()
               && std::fflush(out) == 0;
    }

private:
    std::string text_;
};

void add_header(Page& p, const Report& r) {
    const std::size_t more = r.input.size() > 1 ? r.input.size() - 1 : 0;
    p.line("input       {}{}", r.input.empty() ? "-" : r.input.front(),
           more != 0 ? fmt::format(" and {} more", more) : "");
    const double s = r.timing.process_s;
    const auto n = static_cast<double>(r.frames->offered);
    p.line("processed   {} packets in {:.3f} s: {} packets/s, {:.1f} ns each, {} bit/s",
           grouped(r.frames->offered), s, short_number(s > 0 ? n / s : 0),
           n > 0 ? s * 1e9 / n : 0.0,
           short_number(s > 0 ? static_cast<double>(r.frames->bytes) * 8 / s : 0));
}

void add_frames(Page& p, const Report& r) {
    using wire::FrameClass;
    const wire::FrameCounts& f = *r.frames;
    p.blank();
    const std::uint64_t offered = f.offered + r.dropped;
    const auto share = [offered](std::uint64_t n) {
        return offered != 0 ? 100.0 * static_cast<double>(n) / static_cast<double>(offered) : 0.0;
    };
    p.line("frames {:>20}", grouped(offered));
    const std::pair<const char*, std::uint64_t> classes[] = {
        {"macsec", f.of(FrameClass::macsec)},
        {"esp", f.of(FrameClass::esp)},
        {"ah", f.of(FrameClass::ah)},
        {"other", f.of(FrameClass::other)},
        {"malformed", f.of(FrameClass::malformed)},
        {"dropped", r.dropped}};
    for (const auto& [name, count] : classes)
        p.line("  {:<11}{:>14}  {:5.1f} %", name, grouped(count), share(count));
    if (accounted(r))
        p.line("  every frame is accounted for");
    else
        p.line("  FRAMES ARE UNACCOUNTED FOR: a fault of lacuna itself, please report it");

    auto other = f.other_by_name();
    if (other.empty()) return;
    std::stable_sort(other.begin(), other.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string kinds;
    for (std::size_t i = 0; i < std::min(other.size(), kOtherLines); ++i)
        kinds +=
            fmt::format("{}{} {}", i == 0 ? "" : ", ", other[i].first, grouped(other[i].second));
    if (other.size() > kOtherLines)
        kinds += fmt::format(" and {} more kinds", other.size() - kOtherLines);
    p.line("  other is   {}", kinds);
}

void add_totals(Page& p, const flow::Totals& t) {
    p.blank();
    p.line("secure associations {:>7}", grouped(t.flows));
    const auto two = [&p](const char* a, std::uint64_t x, const char* b, std::uint64_t y) {
        p.line("  {:<14}{:>14}    {:<14}{:>14}", a, grouped(x), b, grouped(y));
    };
    two("received", t.received, "lost", t.lost);
    two("gaps", t.gaps, "longest gap", t.max_gap);
    two("late", t.late, "largest extent", t.max_late_extent);
    two("duplicates", t.duplicates, "too old", t.too_old);
    two("before first", t.before_first, "outliers", t.outliers);
    two("restarts", t.restarts, "rekeys", t.rekeys);
    if (t.lost_blind != 0) two("lost, blind", t.lost_blind, "", 0);
}

/// What the figures mean, in a sentence each, where there is something to say.
void add_advice(Page& p, const Report& r) {
    const flow::Totals& t = r.totals;
    p.blank();
    const std::uint64_t sent = t.received - t.duplicates + t.lost;
    if (t.lost != 0)
        p.line("Loss: {} of {} numbers ({:.4f} %) never came, in {} gaps of {:.1f} on average.",
               grouped(t.lost), grouped(sent),
               100.0 * static_cast<double>(t.lost) / static_cast<double>(sent), grouped(t.gaps),
               static_cast<double>(t.lost)
                   / static_cast<double>(std::max<std::uint64_t>(t.gaps, 1)));
    else if (t.received != 0)
        p.line("No loss: every number between the first and the last of each SA was seen.");
    if (t.too_old != 0)
        p.line("Of these up to {} may only have been later than the memory of --window reaches.",
               grouped(t.too_old));
    if (t.late != 0)
        p.line("Reordering: {} packets ({:.4f} %) came late, at most {} numbers behind.",
               grouped(t.late), 100.0 * reordering_ratio(t.late, t.received, t.duplicates),
               grouped(t.max_late_extent));
    const flow::ReplayWindow w = flow::replay_window(t.late_extents, t.too_old_extents);
    if (w.out_of_order != 0) {
        constexpr std::size_t k64 = 6 - flow::kFirstWindowLog2;
        const std::string enough =
            w.needed ? fmt::format("{} drops none", grouped(*w.needed)) : "none listed is enough";
        if (w.dropped_at[k64] != 0)
            p.line("Replay window: a 64-packet window would have dropped {} packets; {}.",
                   grouped(w.dropped_at[k64]), enough);
        else
            p.line("Replay window: a window of {} would have dropped none.", grouped(*w.needed));
    }
    if (t.lost_blind != 0)
        p.line("Blind: {} of the lost numbers fell while the probe itself lost packets.",
               grouped(t.lost_blind));
    if (r.dropped != 0 || r.probe.rx_missed != 0 || r.probe.rx_nombuf != 0
        || r.probe.ring_full != 0)
        p.line("The probe lost packets: missed {}, no buffer {}, ring full {}.",
               grouped(r.probe.rx_missed), grouped(r.probe.rx_nombuf), grouped(r.probe.ring_full));
    if (r.probe.table_full != 0)
        p.line("The flow table was full: {} packets of further SAs were not tracked (--max-flows).",
               grouped(r.probe.table_full));
    for (const Truncation& cut : r.truncated)
        p.line("Truncated input: {} ends inside the record at offset {} ({}).", cut.path,
               cut.offset, cut.reason);
    for (const std::string& note : r.notes)
        p.line("Note: {}.", note);
}

void add_worst(Page& p, const Report& r, const ViewOptions& options) {
    const std::vector<RowRef> refs = ordered_rows(r, options.top != 0 ? options.top : kWorst);
    if (refs.empty()) return;
    std::vector<flow::SaSummary> rows(refs.size());
    for (std::size_t i = 0; i < refs.size(); ++i)
        read_row(r, refs[i], rows[i]);
    const std::uint64_t count = row_count(r);
    p.blank();
    p.add(flow_table(rows,
                     count > rows.size()
                         ? fmt::format("worst {} of {}", rows.size(), grouped(count))
                         : std::string("SA"),
                     options));
}

void add_gaps(Page& p, const Report& r, const ViewOptions& options) {
    if (!options.gaps) return;
    p.blank();
    p.add(gap_table(ordered_gaps(r, options.gap_limit)));
    if (r.events_cut) p.line("(the list is cut: more events than are kept in memory; use --db)");
}

} // namespace

std::string flow_table(std::span<const flow::SaSummary> rows, const std::string& title,
                       const ViewOptions& options) {
    Page p;
    std::size_t width = std::max<std::size_t>(title.size(), 10);
    for (const flow::SaSummary& s : rows)
        width = std::max(width, wire::sa_text(s.id).size());
    p.line("{:<{}}  {:>11} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}", title, width, "received",
           "lost", "gaps", "longest", "late", "dup", "window", "pps");
    for (const flow::SaSummary& s : rows) {
        const flow::ReplayWindow w = flow::replay_window(s.late_extents, s.too_old_extents);
        p.line("{:<{}}  {:>11} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}", wire::sa_text(s.id),
               width, grouped(s.received), grouped(s.lost), grouped(s.gaps), grouped(s.max_gap),
               grouped(s.late), grouped(s.duplicates),
               w.needed ? fmt::format("{}", *w.needed) : std::string(">65536"),
               short_number(rates(s).pps));
        const Exhaustion e = exhaustion(s, options);
        if (!e.warning) continue;
        p.line("  number {} of 4,294,967,295: {}", grouped(s.highest()),
               e.seconds_left
                   ? fmt::format("exhausted in {:.0f} s at {:.0f}/s", *e.seconds_left, e.rate_per_s)
                   : std::string("nearly exhausted"));
    }
    return p.text();
}

std::string gap_table(std::span<const Gap> gaps) {
    Page p;
    p.line("{:<30}  {:>12} {:>12} {:>9}  {}", "revealed", "first missing", "next", "size", "SA");
    for (const Gap& g : gaps)
        p.line("{:<30}  {:>12} {:>12} {:>9}  {}{}", rfc3339(g.time), g.first_missing, g.next,
               grouped(static_cast<std::uint64_t>(g.next - g.first_missing)), wire::sa_text(g.id),
               g.blind ? " (blind)" : "");
    return p.text();
}

bool write_table(std::FILE* out, const Report& report, const ViewOptions& options) {
    Page page;
    add_header(page, report);
    add_frames(page, report);
    add_totals(page, report.totals);
    add_advice(page, report);
    add_worst(page, report, options);
    add_gaps(page, report, options);
    return page.print(out);
}

} // namespace lacuna::report
