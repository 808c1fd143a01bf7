#include "report/text/verdict.hpp"

#include "flow/fields/derived.hpp"
#include "flow/replay_window.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::report {
namespace {

/// Kinds of `other` frames named one by one.
constexpr std::size_t kKinds = 3;

/// What a capture holds that has no secured packet.
std::string instead(const flow::FrameFigures& frames) {
    auto kinds = frames.other_kinds;
    const auto ike = std::find_if(kinds.begin(), kinds.end(),
                                  [](const auto& kind) { return kind.first == "ike"; });
    if (ike != kinds.end())
        return "; " + counted(ike->second, "IKE frame") + ": captured inside the tunnel?";
    if (const std::uint64_t n = frames.of(wire::FrameClass::malformed); n != 0)
        kinds.emplace_back("malformed", n);
    if (kinds.empty()) return frames.decoded == 0 ? "; no frame at all." : ".";
    std::stable_sort(kinds.begin(), kinds.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string text = "; instead";
    for (std::size_t i = 0; i < std::min(kinds.size(), kKinds); ++i)
        text +=
            fmt::format("{} {} {}", i != 0 ? "," : "", grouped(kinds[i].second), kinds[i].first);
    if (kinds.size() > kKinds) text += " and " + counted(kinds.size() - kKinds, "more kind");
    return text + ".";
}

/// No encrypted packet.
Verdict nothing_seen(const flow::RunFigures& f) {
    if (f.frames.of(wire::FrameClass::other) + f.frames.of(wire::FrameClass::malformed)
        == f.frames.decoded)
        return {"No MACsec, ESP or AH here" + instead(f.frames), Tone::warning};
    std::uint64_t lost = 0;
    for (const flow::Totals& t : f.counters)
        lost += flow::lost_on_the_way(t);
    return {lost == 0 ? "No encrypted packet here, and no loss of what was counted."
                      : fmt::format("No encrypted packet here; of what was counted {} never came.",
                                    counted(lost, "number")),
            lost == 0 ? Tone::warning : Tone::bad};
}

std::string loss(const flow::Totals& t, const Faults& faults, std::uint64_t seen) {
    const std::uint64_t lost = flow::lost_on_the_way(t);
    const std::string numbers =
        fmt::format("{} of {}, {}", grouped(lost), counted(seen + lost, "number"),
                    percent_text(flow::loss_ratio(t)));
    // Of those that have left the table it is not known which of them lost packets.
    if (faults.links != t.flows)
        return fmt::format("{} associations lost packets: {}", grouped(t.flows), numbers);
    return fmt::format("{} of {} lost packets: {}", grouped(faults.lossy),
                       counted(t.flows, "association"), numbers);
}

/// What receivers would have made of the order.
std::string window(const flow::Totals& t) {
    const flow::ReplayWindow w = flow::replay_window(t.late_extents, t.too_old_extents);
    if (w.open()) return "";
    constexpr std::uint64_t kUsual = 64;
    if (w.needed && *w.needed <= kUsual) return "; no replay window problem";
    return w.needed ? fmt::format("; replay windows below {} drop some", grouped(*w.needed))
                    : std::string("; no replay window is enough");
}

} // namespace

Verdict verdict(const Report& report, const Faults& faults) {
    const flow::RunFigures& f = report.figures;
    const flow::Totals& t = f.totals;
    if (t.received == 0) return nothing_seen(f);
    const std::uint64_t seen = flow::distinct_numbers(t);
    Verdict v{"", Tone::good};
    if (flow::lost_on_the_way(t) != 0) {
        v = {loss(t, faults, seen), Tone::bad};
    } else if (t.lost != 0) {
        v.text = fmt::format("No loss on the way in {}", counted(t.flows, "association"));
    } else if (seen > t.flows) {
        v.text = "No loss: every number between the first and the highest of each SA was seen";
    } else {
        return {fmt::format("Loss cannot be told: {} showed a single number{}.",
                            counted(t.flows, "SA"), t.flows == 1 ? "" : " each"),
                Tone::warning};
    }
    const auto also = [&v](std::uint64_t n, const std::string& text) {
        if (n == 0) return;
        v.text += "; " + text;
        if (v.tone == Tone::good) v.tone = Tone::warning;
    };
    also(t.lost_blind,
         grouped(t.lost_blind) + " more fell while the probe or the capture itself lost packets");
    also(t.lost_doubtful, grouped(t.lost_doubtful) + " more are doubtful");
    also(t.late, grouped(t.late) + " came late");
    also(t.duplicates, grouped(t.duplicates) + " came twice");
    also(t.too_old, grouped(t.too_old) + " came too late to tell");
    also(t.restarts - t.reused_ans, counted(t.restarts - t.reused_ans, "restart"));
    also(t.outliers, counted(t.outliers, "outlier"));
    also(f.silent_rows, counted(f.silent_rows, "association") + " fell silent");
    also(f.exhausting, counted(f.exhausting, "association") + " near the last number");
    if (t.late != 0) v.text += window(t);
    const std::uint64_t own = f.frames.dropped + f.probe.frames();
    if (t.lost_blind == 0) also(own, "the probe itself lost packets");
    v.text += '.';
    return v;
}

} // namespace lacuna::report
