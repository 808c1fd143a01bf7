// Frames, and sums over all secure associations.
#include "flow/fields/table.hpp"
#include "telemetry/figures/registry.hpp"

namespace lacuna::telemetry {
namespace {

constexpr Group kTraffic{"traffic", "Frames", {}};
constexpr Group kTotals{"totals", "Sums over all secure associations ever held", {}};
constexpr Group kTable{"flow_table", "The flow table", {}};

/// A stored run tells its sums, not what the flow table held.
bool at_work(const Snapshot& s) {
    return s.run && s.age_s;
}

template <auto Field>
void table(const Snapshot& s, Samples& to) {
    if (at_work(s)) to.add(s.run->table.*Field);
}

void packets(const Snapshot& s, Samples& to) {
    if (!s.run) return;
    for (const auto& [name, count] : s.run->frames.by_class())
        if (std::string_view(name) != "dropped") to.add(name, count);
}

/// The sums of each further counter that was seen.
template <auto Field>
void of_counters(const Snapshot& s, Samples& to) {
    if (!s.run) return;
    for (std::size_t i = 0; i < wire::kCounters; ++i)
        if (s.run->counters[i].flows != 0)
            to.add(protocol_name(wire::kCounterList[i]), s.run->counters[i].*Field);
}

void final_lost(const Snapshot& s, Samples& to) {
    if (!s.run) return;
    to.add("network", s.run->final.network);
    to.add("blind", s.run->final.blind);
    to.add("doubtful", s.run->final.doubtful);
}

void missing(const Snapshot& s, Samples& to) {
    if (!s.run) return;
    const std::uint64_t all = s.run->totals.lost + s.run->totals.recovered;
    to.add(all - std::min(s.run->final.sum(), all));
}

void exhaustion_s(const Snapshot& s, Samples& to) {
    if (s.run && s.run->exhausted_in_s) to.add(*s.run->exhausted_in_s);
}

void evicted(const Snapshot& s, Samples& to) {
    if (!at_work(s)) return;
    to.add("idle", s.run->table.evicted_idle);
    to.add("full", s.run->table.evicted_full);
}

using flow::TableCounters;
using flow::Totals;

constexpr Figure kFrames[] = {
    {&kTraffic, "packets", "lacuna_packets_total", Kind::counter, "packets", "protocol",
     "Frames by the class of their outermost secured layer.", packets},
    {&kTraffic, "bytes", "lacuna_bytes_total", Kind::counter, "bytes", nullptr,
     "Octets of all frames, as on the wire without FCS.",
     [](const Snapshot& s, Samples& to) {
         if (s.run) to.add(s.run->frames.bytes);
     }},
    {&kTraffic, "offered", "lacuna_offered_packets_total", Kind::counter, "packets", nullptr,
     "Frames offered: those of all classes, and those the probe itself lost.",
     [](const Snapshot& s, Samples& to) {
         if (s.run) to.add(s.run->frames.offered());
     }},
    {&kTraffic, "dropped", "lacuna_dropped_packets_total", Kind::counter, "packets", nullptr,
     "Frames the probe itself lost; lacuna_probe_dropped_total says where.",
     [](const Snapshot& s, Samples& to) {
         if (s.run) to.add(s.run->frames.dropped);
     }},
    {&kTraffic, "latest", "lacuna_latest_packet_timestamp_seconds", Kind::gauge, "seconds", nullptr,
     "Latest packet time of a secured packet, since the Unix epoch.",
     [](const Snapshot& s, Samples& to) {
         if (s.run && s.run->latest != 0) to.add(static_cast<double>(s.run->latest) / 1e9);
     }},
    {&kTraffic, "age", "lacuna_sums_age_seconds", Kind::gauge, "seconds", nullptr,
     "How old the sums are: more than a moment only where a worker does not answer.",
     [](const Snapshot& s, Samples& to) {
         if (s.age_s) to.add(*s.age_s);
     }},
};

/// Behind "lost", which they explain.
constexpr Figure kParts[] = {
    {&kTotals, "lost_final", "lacuna_lost_packets_total", Kind::counter, "packets", "why",
     "Numbers that were missing for --final-after, or left the memory unseen: lost by the network, "
     "perhaps by the probe itself (blind), or no packets at all (doubtful).",
     final_lost},
    {&kTotals, "missing", "lacuna_missing_packets", Kind::gauge, "packets", nullptr,
     "Numbers not seen that are not final yet.", missing},
};

constexpr Figure kHeld[] = {
    {&kTotals, "lossy", "lacuna_lossy_flows", Kind::gauge, "flows", nullptr,
     "Secure associations held that miss numbers.",
     [](const Snapshot& s, Samples& to) {
         if (at_work(s)) to.add(s.run->lossy_rows);
     }},
    {&kTotals, "silent", "lacuna_silent_flows", Kind::gauge, "flows", nullptr,
     "Secure associations held that send nothing any more (--silent-after), and that nothing "
     "replaced.",
     [](const Snapshot& s, Samples& to) {
         if (at_work(s)) to.add(s.run->silent_rows);
     }},
    {&kTotals, "exhausting", "lacuna_exhausting_flows", Kind::gauge, "flows", nullptr,
     "Secure associations held that have used three quarters of their 32-bit numbers.",
     [](const Snapshot& s, Samples& to) {
         if (at_work(s)) to.add(s.run->exhausting);
     }},
    {&kTotals, "exhausted_in_s", "lacuna_first_exhaustion_seconds", Kind::gauge, "seconds", nullptr,
     "Time until the first of them runs out of numbers at its present rate; absent if none will.",
     exhaustion_s},

    {&kTotals, "counter_received", "lacuna_counter_received_packets_total", Kind::counter,
     "packets", "counter", "Packets of each further counter (--counters).",
     of_counters<&Totals::received>},
    {&kTotals, "counter_missing", "lacuna_counter_missing_packets", Kind::gauge, "packets",
     "counter", "Numbers of each further counter that were not seen.", of_counters<&Totals::lost>},
    {&kTotals, "counter_late", "lacuna_counter_late_packets", Kind::gauge, "packets", "counter",
     "Packets of each further counter that came after a higher number.",
     of_counters<&Totals::late>},

    {&kTable, "rows", "lacuna_held_flows", Kind::gauge, "flows", nullptr,
     "Secure associations held now.", table<&TableCounters::rows>},
    {&kTable, "limit", "lacuna_limit_flows", Kind::gauge, "flows", nullptr,
     "Most secure associations that can be held (--max-flows).",
     [](const Snapshot& s, Samples& to) {
         if (s.max_flows != 0) to.add(s.max_flows);
     }},
    {&kTable, "evicted", "lacuna_evicted_flows_total", Kind::counter, "flows", "reason",
     "Secure associations that left the table: idle, or pushed out because it was full.", evicted},
    {&kTable, "short_memory", "lacuna_short_memory_flows_total", Kind::counter, "flows", nullptr,
     "Secure associations that got a reorder memory of 64 because no larger one was left.",
     table<&TableCounters::short_memory>},
};

/// A sum, as it is.
template <std::size_t I>
void total(const Snapshot& s, Samples& to) {
    if (s.run) to.add(s.run->totals.*std::get<flow::CountAt<Totals>>(flow::kFields[I].total));
}

/// A metric that never falls says so with its name.
Kind kind_of(const flow::Field& f) {
    const std::string_view metric = f.metric != nullptr ? f.metric : "";
    return metric.ends_with("_total") ? Kind::counter : Kind::gauge;
}

/// The sums among the fields of the totals.
std::vector<Figure> sums_of_totals() {
    std::vector<Figure> all;
    flow::each_field([&all]<std::size_t I>() {
        constexpr const flow::Field& f = flow::kFields[I];
        if constexpr ((f.in & flow::kTotals) != 0 && f.kind == flow::Kind::integer) {
            all.push_back(
                {&kTotals, f.name, f.metric, kind_of(f), f.unit, nullptr, f.help, total<I>});
            if (&f == &flow::field("lost"))
                all.insert(all.end(), std::begin(kParts), std::end(kParts));
        }
    });
    return all;
}

} // namespace

std::vector<Figure> traffic_figures() {
    std::vector<Figure> all(std::begin(kFrames), std::end(kFrames));
    const std::vector<Figure> of_totals = sums_of_totals();
    all.insert(all.end(), of_totals.begin(), of_totals.end());
    all.insert(all.end(), std::begin(kHeld), std::end(kHeld));
    return all;
}

} // namespace lacuna::telemetry
