#include "report/text/flow_page.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "report/figures.hpp"
#include "report/json/flow_json.hpp"
#include "report/text/advice.hpp"
#include "report/text/clock.hpp"
#include "report/text/identity.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"
#include "report/tunnels.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::report {
namespace {

/// Figures of one kind beside each other, broken where the screen ends.
class FlowLines {
public:
    void add(const char* label, const std::string& text) {
        if (text.empty()) return;
        constexpr std::size_t kLabel = 16;
        page_.add(wrapped(padded(label, kLabel) + text, screen().columns, kLabel) + '\n');
    }
    Page& page() { return page_; }

private:
    Page page_;
};

std::string span_of(std::uint64_t ns) {
    if (ns >= 10'000'000'000) return duration_text(static_cast<double>(ns) / 1e9);
    if (ns >= 1'000'000'000) return fmt::format("{:.2f} s", static_cast<double>(ns) / 1e9);
    if (ns >= 1'000'000) return fmt::format("{:.2f} ms", static_cast<double>(ns) / 1e6);
    return ns >= 1000 ? fmt::format("{:.2f} µs", static_cast<double>(ns) / 1e3)
                      : fmt::format("{} ns", ns);
}

/// "12 of 1, 3 of 2 to 3, 1 of 64 to 127".
std::string buckets_text(const Log2Histogram& h) {
    std::string text;
    for (std::size_t k = 0; k < kLog2Buckets; ++k) {
        if (h[k] == 0) continue;
        const std::uint64_t from = std::uint64_t{1} << k;
        text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", grouped(h[k]), grouped(from));
        if (k + 1 == kLog2Buckets)
            text += " and more";
        else if (k != 0)
            text += " to " + grouped(2 * from - 1);
    }
    return text;
}

std::string loss_text(const flow::SaSummary& s) {
    const std::uint64_t lost = flow::lost_on_the_way(s);
    std::string text = fmt::format("{} of {} ({}), in {}", grouped(lost),
                                   counted(lost + flow::distinct_numbers(s), "number"),
                                   percent_text(flow::loss_ratio(s)), counted(s.gaps, "gap"));
    if (s.max_gap != 0) text += ", the longest of " + grouped(s.max_gap);
    if (s.lost_blind != 0) text += "; " + grouped(s.lost_blind) + " more are blind";
    if (s.lost_doubtful != 0) text += "; " + grouped(s.lost_doubtful) + " more are doubtful";
    return text;
}

std::string window_of(const flow::SaSummary& s) {
    const flow::ReplayWindow w = flow::replay_window(s.late_extents, s.too_old_extents);
    if (!w.needed) return "not even 65,536 is enough";
    return *w.needed == 0 ? "any" : "from " + grouped(*w.needed) + " on none is dropped";
}

/// What is said of it only where it is so.
std::string marks_of(const flow::SaSummary& s) {
    std::string text;
    const auto mark = [&text](bool is, const std::string& what) {
        if (is) text += (text.empty() ? "" : "; ") + what;
    };
    mark(s.interleaved != 0,
         "interleaved: not the numbers of one counter, so its loss is doubtful");
    mark(s.sci_assumed != 0, "the SCI is that of the source MAC: it was not on the wire");
    mark(s.stations > 1, grouped(s.stations) + " stations share the counter");
    mark(s.counters > 1, "one of " + grouped(s.counters) + " counters of this identity");
    mark(s.evicted != 0, "has left the flow table");
    return text;
}

void add_rest(FlowLines& lines, const flow::SaSummary& s, const ViewOptions& options) {
    if (s.restarts != 0)
        lines.add("restarts", fmt::format("{}, {} of them part of a rekey", grouped(s.restarts),
                                          grouped(s.reused_ans)));
    const auto count = [&lines](const char* label, std::uint64_t n) {
        if (n != 0) lines.add(label, grouped(n));
    };
    count("before first", s.before_first);
    count("outliers", s.outliers);
    const Exhaustion e = exhaustion(s, options);
    if (e.seconds_left)
        lines.add("numbers last",
                  duration_text(*e.seconds_left) + (e.warning ? ": rekey soon" : ""));
    if (s.inside != 0) {
        std::string inside;
        flow::append_inside(inside, s);
        lines.add("inside", inside);
    }
    if (flow::has_vlan(s)) lines.add("VLAN", std::to_string(flow::vlan_of(s)));
    if (s.port != 0) lines.add("port", std::to_string(flow::port_of(s)));
    lines.add("marks", marks_of(s));
}

} // namespace

std::string flow_page(const flow::SaSummary& s, const ViewOptions& options) {
    FlowLines lines;
    lines.page().line("{}", painted(identity_text(s), Tone::strong));
    Report alone;
    alone.figures.totals.add(s);
    if (const std::string advice = advice_text(alone, screen().columns); !advice.empty())
        lines.page().add(advice);
    lines.page().blank();
    std::string id;
    flow::append_id(id, s);
    lines.add("id", id);
    for (const auto& [name, text] : belongings(s))
        lines.add(name, text);
    lines.add("seen", fmt::format("{}, {}", local_span(s.first_time, s.last_time),
                                  duration_text(seconds_between(s.first_time, s.last_time))));
    lines.add(
        "received",
        fmt::format("{}, {} octets; {} packets/s, {}bit/s", counted(s.received, "packet"),
                    grouped(s.bytes), short_number(flow::rate_pps(s)),
                    short_number(flow::rate_bps(s)) + (flow::rate_bps(s) < 10'000 ? " " : "")));
    lines.add("numbers", fmt::format("{} to {}", grouped(static_cast<std::uint64_t>(s.first_ext)),
                                     grouped(static_cast<std::uint64_t>(s.highest_ext))));
    lines.add("lost", loss_text(s));
    lines.add("gap lengths", buckets_text(s.loss_periods));
    if (s.late != 0 || s.too_old != 0) {
        lines.add("late", fmt::format("{}, at most {} behind; {} too late to tell", grouped(s.late),
                                      grouped(s.max_late_extent), grouped(s.too_old)));
        lines.add("how late", buckets_text(s.late_extents));
        lines.add("replay window", window_of(s));
    }
    if (s.duplicates != 0) lines.add("came twice", grouped(s.duplicates));
    if (s.received > 1)
        lines.add("between two", fmt::format("{} at least, {} on average, {} at most",
                                             span_of(s.min_interarrival_ns),
                                             span_of(flow::mean_interarrival_ns(s)),
                                             span_of(s.max_interarrival_ns)));
    add_rest(lines, s, options);
    for (const flow::Event& e : moves_of(s, options))
        lines.add("moved", fmt::format("{}: {} to {}", local_time(e.time, 3),
                                       wire::address_text(e.id.key, e.from),
                                       wire::address_text(e.id.key, e.to)));
    return lines.page().text();
}

} // namespace lacuna::report
