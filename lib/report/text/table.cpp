#include "report/causes.hpp"
#include "report/faults.hpp"
#include "report/key_exchange.hpp"
#include "report/rows.hpp"
#include "report/text/advice.hpp"
#include "report/text/clock.hpp"
#include "report/text/frame_lines.hpp"
#include "report/text/lists/event_table.hpp"
#include "report/text/lists/l3_flows.hpp"
#include "report/text/lists/ports.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/text/verdict.hpp"
#include "report/tunnels.hpp"
#include "report/views.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <span>

namespace lacuna::report {
namespace {

constexpr std::size_t kWorst = 10;
constexpr std::size_t kOtherKinds = 12;
constexpr std::size_t kKindsColumns = 80;

void add_header(Page& p, const Report& r, bool verbose) {
    const flow::RunFigures& f = r.figures;
    const std::size_t more = r.input.size() > 1 ? r.input.size() - 1 : 0;
    p.blank();
    p.line("input       {}{}", r.input.empty() ? "-" : r.input.front(),
           more != 0 ? fmt::format(" and {} more", more) : "");
    // Once a row has left, the times are no longer those of what is listed.
    if (f.timed() && f.table.rows == f.totals.flows)
        p.line("seen        {}, {}", local_span(f.earliest, f.latest),
               duration_text(seconds_between(f.earliest, f.latest)));
    if (!verbose) return;
    const double s = f.timing.process_s;
    const auto n = static_cast<double>(f.frames.decoded);
    // "7.44 Gbit/s", but "120 bit/s"
    std::string bits = short_number(s > 0 ? static_cast<double>(f.frames.bytes) * 8 / s : 0);
    if (bits.find(' ') == bits.npos) bits += ' ';
    p.line("processed   {} in {:.3f} s: {} packets/s, {:.1f} ns each, {}bit/s",
           counted(f.frames.decoded, "packet"), s, short_number(s > 0 ? n / s : 0),
           n > 0 ? s * 1e9 / n : 0.0, bits);
}

void add_frames(Page& p, const Report& r) {
    const flow::FrameFigures& f = r.figures.frames;
    p.blank();
    const std::uint64_t offered = f.offered();
    const auto share = [offered](std::uint64_t n) {
        return offered != 0 ? 100.0 * static_cast<double>(n) / static_cast<double>(offered) : 0.0;
    };
    p.line("frames {:>20}", grouped(offered));
    const auto lines = packet_lines(f);
    for (const auto& [name, count] : std::span(lines).subspan(1))
        p.line("  {:<11}{:>14}  {:5.1f} %", name, grouped(count), share(count));
    if (f.accounted())
        p.line("  every frame is accounted for");
    else
        p.line("  FRAMES ARE UNACCOUNTED FOR: a fault of lacuna itself, please report it");

    p.add(port_lines(r.figures.ports));
    auto other = f.other_kinds;
    if (other.empty()) return;
    std::stable_sort(other.begin(), other.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string kinds = "  other is  ";
    std::size_t width = kinds.size();
    const std::size_t shown = std::min(other.size(), kOtherKinds);
    for (std::size_t i = 0; i < shown; ++i) {
        const std::string kind = fmt::format(" {} {}{}", other[i].first, grouped(other[i].second),
                                             i + 1 < other.size() ? "," : "");
        if (width + kind.size() > kKindsColumns) {
            kinds += "\n            ";
            width = 12;
        }
        kinds += kind;
        width += kind.size();
    }
    if (other.size() > shown) kinds += fmt::format(" and {} more", other.size() - shown);
    p.line("{}", kinds);
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
}

/// Of each further counter that was asked for or seen: a line of its own, as its sums are.
void add_counters(Page& p, const flow::RunFigures& f) {
    for (const Protocol counter : f.counters_shown()) {
        const flow::Totals& t = f.counters[wire::counter_index(counter)];
        p.line("{}: {} in {}, {} lost in {}, {} late, {}", protocol_name(counter),
               counted(t.received, "packet"), counted(t.flows, "stream"), grouped(t.lost),
               counted(t.gaps, "gap"), grouped(t.late), counted(t.duplicates, "duplicate"));
    }
}

std::vector<flow::SaSummary> read_rows(const Report& r, const std::vector<flow::HeldRow>& refs) {
    std::vector<flow::SaSummary> rows(refs.size());
    for (std::size_t i = 0; i < refs.size(); ++i)
        r.rows.read(refs[i], rows[i]);
    return rows;
}

std::string title_of(const char* which, std::size_t shown, std::uint64_t all) {
    return all > shown ? fmt::format("{} {} of {}", which, shown, grouped(all)) : std::string("SA");
}

/// The SAs with most of a field.
void add_sorted(Page& p, const Report& r, const ViewOptions& options) {
    const auto rows =
        read_rows(r, ordered_rows(r.rows, options.top != 0 ? options.top : kWorst, options.sort));
    if (rows.empty()) return;
    p.blank();
    p.add(flow_table(rows, title_of("first", rows.size(), r.rows.count()), options));
}

/// The SAs with a fault; the others are summed.
void add_faults(Page& p, const Report& r, const Faults& faults, const ViewOptions& options) {
    if (r.rows.count() == 0) return;
    p.blank();
    const auto rows = read_rows(r, faults.worst);
    if (!rows.empty())
        p.add(flow_table(rows, title_of("worst", rows.size(), faults.faulty), options));
    if (faults.clean == 0) return;
    p.line("{} without a fault: {}{}",
           counted(faults.clean, rows.empty() ? "association" : "other association"),
           counted(faults.clean_received, "packet"),
           rows.empty() ? " (--sort received lists them)" : "");
}

void add_gaps(Page& p, const Report& r, const ViewOptions& options) {
    if (!options.gaps) return;
    p.blank();
    std::size_t found = 0;
    const std::vector<Gap> gaps = ordered_gaps(r, options.gap_limit, &found);
    p.add(gap_table(gaps));
    if (gaps.size() < found)
        p.line("(the list is cut: the first {} of {} gaps)", grouped(gaps.size()), grouped(found));
    if (r.events_cut) p.line("(the list is cut: more events than are kept in memory; use --db)");
}

} // namespace

bool write_table(std::FILE* out, const Report& report, const ViewOptions& options) {
    Page page;
    const std::size_t limit = options.top != 0 ? options.top : kWorst;
    const Faults faults = faults_of(report.rows, limit, options);
    const Verdict first = verdict(report, faults);
    page.line("{}", painted(wrapped(first.text, screen().columns), first.tone));
    if (!report.selection.empty())
        page.line("only where {} ({} of them)", report.selection, grouped(report.rows.count()));
    if (options.sort != nullptr)
        add_sorted(page, report, options);
    else
        add_faults(page, report, faults, options);
    if (const std::string advice = advice_text(report, screen().columns); !advice.empty()) {
        page.blank();
        page.add(advice);
    }
    add_header(page, report, screen().verbose);
    add_frames(page, report);
    add_totals(page, report.figures.totals);
    add_counters(page, report.figures);
    if (report.causes) {
        page.blank();
        page.add(causes_text(*report.causes));
    }
    if (options.tunnels) {
        page.blank();
        const auto& mka = report.figures.mka;
        const LinkNames names = mka ? LinkNames(mka->participants()) : LinkNames();
        page.add(tunnel_table(tunnels_of(report.rows, names), limit));
    }
    if (const std::string events = event_table(report.rows.notable(), kWorst); !events.empty()) {
        page.blank();
        page.add(events);
    }
    if (report.figures.mka) {
        page.blank();
        page.add(mka_table(*report.figures.mka));
    }
    if (report.figures.ike && screen().verbose) {
        page.blank();
        page.add(ike_table(*report.figures.ike, kWorst));
    }
    if (report.rows.has_transport()) {
        page.blank();
        page.add(l3_flow_table(report.rows, limit));
    }
    add_gaps(page, report, options);
    if (options.late) {
        page.blank();
        page.add(late_table(report.rows.late(options.late_limit), report.rows.late_count()));
    }
    return page.print(out);
}

} // namespace lacuna::report
