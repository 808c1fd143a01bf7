// The secure associations that lose most, and all others together.
#include "telemetry/figures/registry.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::telemetry {
namespace {

/// Bounded: LiveOptions::worst of them, and one for the rest.
constexpr Group kWorst{"worst_flows", "The secure associations that lose most", {"flow", nullptr}};

/// Gauges even where the figure of an SA only grows: "rest" falls when an SA joins the worst.
template <auto Field, auto TotalField>
void each(const Snapshot& s, Samples& to) {
    if (!s.run) return;
    std::uint64_t rest = s.run->totals.*TotalField;
    for (const flow::SaSummary& sa : s.run->worst) {
        to.of({wire::sa_text(sa.id)});
        to.add(sa.*Field);
        rest -= std::min(rest, sa.*Field);
    }
    to.of({"rest"});
    to.add(rest);
}

using flow::SaSummary;
using flow::Totals;

constexpr Figure kWorstFigures[] = {
    {&kWorst, "lost", "lacuna_flow_lost_packets", Kind::gauge, "packets", nullptr,
     "Numbers not seen of the secure associations that lose most, and of all others (rest).",
     each<&SaSummary::lost, &Totals::lost>},
    {&kWorst, "received", "lacuna_flow_received_packets", Kind::gauge, "packets", nullptr,
     "Packets of the same secure associations.", each<&SaSummary::received, &Totals::received>},
    {&kWorst, "late", "lacuna_flow_late_packets", Kind::gauge, "packets", nullptr,
     "Of them, packets that came after a higher number.", each<&SaSummary::late, &Totals::late>},
    {&kWorst, "duplicates", "lacuna_flow_duplicate_packets", Kind::gauge, "packets", nullptr,
     "Of them, packets whose number had been seen before.",
     each<&SaSummary::duplicates, &Totals::duplicates>},
};

} // namespace

std::span<const Figure> association_figures() {
    return kWorstFigures;
}

} // namespace lacuna::telemetry
