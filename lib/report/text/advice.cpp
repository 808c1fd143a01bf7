#include "report/text/advice.hpp"

#include "flow/fields/derived.hpp"
#include "report/figures.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/text/screen.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::report {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole != 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

/// From so many SAs on, with less than two numbers each, a flood is named.
constexpr std::uint64_t kFlood = 1000;

void add_loss(Page& p, const flow::RunFigures& f) {
    const flow::Totals& t = f.totals;
    // What was seen once, and lies between the first and the highest number of its SA.
    const std::uint64_t seen = flow::distinct_numbers(t);
    if (t.flows >= kFlood && seen < 2 * t.flows)
        p.line("Flood: {} showed {:.1f} numbers each: invented SPIs or SCIs, or a scan.",
               counted(t.flows, "SA"), static_cast<double>(seen) / static_cast<double>(t.flows));
    if (t.lost != 0 && t.gaps == 1)
        p.line("Loss: {} of {} numbers ({:.4f} %) never came, in one gap.", grouped(t.lost),
               grouped(seen + t.lost), percent(t.lost, seen + t.lost));
    if (t.lost != 0 && t.gaps > 1)
        p.line("Loss: {} of {} numbers ({:.4f} %) never came, in {} gaps of {:.1f} on average.",
               grouped(t.lost), grouped(seen + t.lost), percent(t.lost, seen + t.lost),
               grouped(t.gaps), static_cast<double>(t.lost) / static_cast<double>(t.gaps));
    if (t.lost_blind != 0)
        p.line("Blind: {} of the lost numbers fell while the {} itself lost packets.",
               grouped(t.lost_blind), f.probe.capture_dropped != 0 ? "capture" : "probe");
}

void add_disorder(Page& p, const flow::RunFigures& f) {
    const flow::Totals& t = f.totals;
    if (t.late != 0)
        p.line("Reordering: {} ({:.4f} %) came late, at most {} behind.", counted(t.late, "packet"),
               100.0 * flow::reordering_ratio(t), counted(t.max_late_extent, "number"));
    if (t.too_old != 0)
        p.line("Too old: {} from beyond the memory of --window; {}.", counted(t.too_old, "packet"),
               t.lost == 0 ? "sent again, since nothing is missing"
                           : "sent again, or so late that up to as many lost numbers did come");
    if (t.duplicates != 0)
        p.line("Duplicates: {} arrived again: {}.", counted(t.duplicates, "packet"),
               seen_elsewhere(f) == 0 ? "copied on the way, or replayed"
                                      : "seen on two interfaces");
    if (t.restarts != 0)
        p.line("Restarts: {} numbers began again under the same key: a reboot, or a key reused.",
               t.restarts == 1 ? std::string("once") : grouped(t.restarts) + " times");
    if (t.outliers != 0)
        p.line("Outliers: {} with a number far ahead that nothing followed: forged or corrupt.",
               counted(t.outliers, "packet"));
}

/// `again`: whether the input is still there, to be asked once more.
void add_window(Page& p, const flow::Totals& t, bool again) {
    const flow::ReplayWindow w = flow::replay_window(t.late_extents, t.too_old_extents);
    constexpr std::size_t k64 = 6 - flow::kFirstWindowLog2;
    if (w.open())
        p.line("Replay window: whether {} came before is not known; --window 65536 {}.",
               counted(t.too_old, "packet"), again ? "would tell" : "would have told");
    if (w.out_of_order == 0) return;
    if (w.dropped_at[k64] == 0)
        p.line("Replay window: a receiver's window of {} would have dropped no late packet.",
               grouped(*w.needed));
    else
        p.line("Replay window: a receiver's window of 64 would have dropped {}; {}.",
               counted(w.dropped_at[k64], "packet"),
               w.needed ? grouped(*w.needed) + " drops no late one"
                        : std::string("not even 65,536 is enough"));
}

void add_silence(Page& p, const flow::RunFigures& f) {
    if (f.silent_rows == 0) return;
    p.line("Silent: {} sent nothing any more, and nothing replaced {} (--silent-after); what was "
           "lost then no number tells.",
           counted(f.silent_rows, "SA"), f.silent_rows == 1 ? "it" : "them");
}

void add_exhaustion(Page& p, const flow::RunFigures& f) {
    if (f.exhausting != 0)
        p.line("Exhaustion: {} past three quarters of the 32-bit numbers{}.",
               counted(f.exhausting, "SA"),
               f.exhausted_in_s ? "; the first has none left in " + duration_text(*f.exhausted_in_s)
                                : std::string());
}

void add_probe(Page& p, const flow::RunFigures& f) {
    if (f.frames.dropped != 0 || f.probe.frames() != 0)
        p.line("The probe lost packets: missed {}, no buffer {}, ring full {}.",
               grouped(f.probe.rx_missed), grouped(f.probe.rx_nombuf), grouped(f.probe.ring_full));
    if (f.probe.capture_dropped != 0)
        p.line("The capture itself lost {}.", counted(f.probe.capture_dropped, "frame"));
    if (f.odd_times != 0)
        p.line("Odd times: {} far from those around {}; the clock did not follow "
               "(--clock-tolerance).",
               f.odd_times == 1 ? std::string("one packet is stamped")
                                : grouped(f.odd_times) + " packets are stamped",
               f.odd_times == 1 ? "it" : "them");
    if (f.probe.table_full != 0)
        p.line("The flow table was full: {} of further SAs not tracked (--max-flows).",
               counted(f.probe.table_full, "packet"));
    if (f.table.evicted_full != 0)
        p.line(
            "The flow table was full: {} pushed out to make room; totals count them (--max-flows).",
            counted(f.table.evicted_full, "SA"));
    for (const flow::Truncation& cut : f.truncated)
        p.line("Truncated input: {} ends inside the record at offset {} ({}).", cut.path,
               cut.offset, cut.reason);
    for (const std::string& note : f.notes)
        p.line("Note: {}.", note);
}

} // namespace

std::string advice_text(const Report& r, std::size_t columns) {
    const flow::Totals& t = r.figures.totals;
    Page p;
    add_loss(p, r.figures);
    add_disorder(p, r.figures);
    const bool piped = !r.input.empty() && r.input.front() == "-";
    add_window(p, t, !piped);
    add_silence(p, r.figures);
    add_exhaustion(p, r.figures);
    add_probe(p, r.figures);
    std::string out;
    std::string_view rest = p.text();
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        out += wrapped(rest.substr(0, end), columns, 2) + '\n';
        rest.remove_prefix(end + 1);
    }
    return out;
}

} // namespace lacuna::report
