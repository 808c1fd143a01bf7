#include "report/advice.hpp"

#include "report/figures.hpp"
#include "report/number_text.hpp"
#include "report/rows.hpp"

#include <algorithm>

namespace lacuna::report {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole != 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

void add_loss(Page& p, const flow::Totals& t) {
    // What was seen once, and lies between the first and the highest number of its SA.
    const std::uint64_t seen = t.received - t.duplicates - t.too_old - t.before_first - t.outliers;
    if (t.lost == 0 && t.received != 0)
        p.line("No loss: every number between the first and the highest of each SA was seen.");
    if (t.lost != 0 && t.gaps == 1)
        p.line("Loss: {} of {} numbers ({:.4f} %) never came, in one gap.", grouped(t.lost),
               grouped(seen + t.lost), percent(t.lost, seen + t.lost));
    if (t.lost != 0 && t.gaps > 1)
        p.line("Loss: {} of {} numbers ({:.4f} %) never came, in {} gaps of {:.1f} on average.",
               grouped(t.lost), grouped(seen + t.lost), percent(t.lost, seen + t.lost),
               grouped(t.gaps), static_cast<double>(t.lost) / static_cast<double>(t.gaps));
    if (t.lost_blind != 0)
        p.line("Blind: {} of the lost numbers fell while the probe itself lost packets.",
               grouped(t.lost_blind));
}

void add_disorder(Page& p, const flow::Totals& t) {
    if (t.late != 0)
        p.line("Reordering: {} ({:.4f} %) came late, at most {} behind.", counted(t.late, "packet"),
               100.0 * reordering_ratio(t.late, t.received, t.duplicates),
               counted(t.max_late_extent, "number"));
    if (t.too_old != 0)
        p.line("Too old: {} from beyond the memory of --window; {}.", counted(t.too_old, "packet"),
               t.lost == 0 ? "sent again, since nothing is missing"
                           : "sent again, or so late that up to as many lost numbers did come");
    if (t.duplicates != 0)
        p.line("Duplicates: {} arrived again: copied on the way, or replayed.",
               counted(t.duplicates, "packet"));
    if (t.restarts != 0)
        p.line("Restarts: {} numbers began again under the same key: a reboot, or a key reused.",
               t.restarts == 1 ? std::string("once") : grouped(t.restarts) + " times");
    if (t.outliers != 0)
        p.line("Outliers: {} with a number far ahead that nothing followed: forged or corrupt.",
               counted(t.outliers, "packet"));
}

void add_window(Page& p, const flow::Totals& t) {
    const flow::ReplayWindow w = flow::replay_window(t.late_extents, t.too_old_extents);
    if (w.out_of_order == 0) return;
    constexpr std::size_t k64 = 6 - flow::kFirstWindowLog2;
    if (w.dropped_at[k64] == 0)
        p.line("Replay window: a receiver's window of {} would have dropped none.",
               grouped(*w.needed));
    else
        p.line("Replay window: a receiver's window of 64 would have dropped {}; {}.",
               counted(w.dropped_at[k64], "packet"),
               w.needed ? grouped(*w.needed) + " drops none"
                        : std::string("not even 65,536 is enough"));
}

void add_probe(Page& p, const Report& r) {
    if (r.dropped != 0 || r.probe.rx_missed != 0 || r.probe.rx_nombuf != 0
        || r.probe.ring_full != 0)
        p.line("The probe lost packets: missed {}, no buffer {}, ring full {}.",
               grouped(r.probe.rx_missed), grouped(r.probe.rx_nombuf), grouped(r.probe.ring_full));
    if (r.probe.table_full != 0)
        p.line("The flow table was full: {} of further SAs not tracked (--max-flows).",
               counted(r.probe.table_full, "packet"));
    std::uint64_t pushed_out = 0;
    for (const flow::Tracker* t : r.shards)
        pushed_out += t->counters().evicted_full;
    if (pushed_out != 0)
        p.line(
            "The flow table was full: {} pushed out to make room; totals count them (--max-flows).",
            counted(pushed_out, "SA"));
    for (const Truncation& cut : r.truncated)
        p.line("Truncated input: {} ends inside the record at offset {} ({}).", cut.path,
               cut.offset, cut.reason);
    for (const std::string& note : r.notes)
        p.line("Note: {}.", note);
}

} // namespace

Overview overview(const Report& report, const ViewOptions& options) {
    Overview o;
    bool any = false;
    flow::SaSummary s;
    for (const flow::Tracker* t : report.shards)
        for (std::size_t row = 0; row < t->row_limit(); ++row) {
            if (!t->row_used(row)) continue;
            t->summarize(row, s);
            o.first_time = any ? std::min(o.first_time, s.first_time) : s.first_time;
            o.last_time = any ? std::max(o.last_time, s.last_time) : s.last_time;
            any = true;
            const Exhaustion e = exhaustion(s, options);
            if (!e.warning) continue;
            ++o.warnings;
            if (e.seconds_left)
                o.soonest_s = std::min(o.soonest_s.value_or(*e.seconds_left), *e.seconds_left);
        }
    o.timed = any && row_count(report) == report.totals.flows;
    return o;
}

void add_advice(Page& p, const Report& r, const Overview& o) {
    p.blank();
    add_loss(p, r.totals);
    add_disorder(p, r.totals);
    add_window(p, r.totals);
    if (o.warnings != 0)
        p.line("Exhaustion: {} past three quarters of the 32-bit numbers{}.",
               counted(o.warnings, "SA"),
               o.soonest_s ? "; the first has none left in " + duration_text(*o.soonest_s)
                           : std::string());
    add_probe(p, r);
}

} // namespace lacuna::report
