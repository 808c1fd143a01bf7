// Frames, and sums over all secure associations.
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

/// A sum, as it is.
template <auto Field>
void total(const Snapshot& s, Samples& to) {
    if (s.run) to.add(s.run->totals.*Field);
}
template <auto Field>
void table(const Snapshot& s, Samples& to) {
    if (at_work(s)) to.add(s.run->table.*Field);
}

void packets(const Snapshot& s, Samples& to) {
    constexpr const char* names[wire::kFrameClasses] = {"macsec", "esp", "ah", "other",
                                                        "malformed"};
    if (!s.run) return;
    for (std::size_t i = 0; i < wire::kFrameClasses; ++i)
        to.add(names[i], s.run->frames.classes[i]);
}

void final_lost(const Snapshot& s, Samples& to) {
    if (s.run) to.add(s.run->final_lost);
}

void missing(const Snapshot& s, Samples& to) {
    if (!s.run) return;
    const std::uint64_t lost = s.run->totals.lost;
    to.add(lost - std::min(s.run->final_lost, lost));
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

constexpr Figure kFigures[] = {
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

    {&kTotals, "flows", "lacuna_flows_total", Kind::counter, "flows", nullptr,
     "Secure associations ever held; one that comes back after it had left counts again.",
     total<&Totals::flows>},
    {&kTotals, "received", "lacuna_received_packets_total", Kind::counter, "packets", nullptr,
     "Numbered packets of secure associations; a frame may carry several.",
     total<&Totals::received>},
    {&kTotals, "bytes", "lacuna_received_bytes_total", Kind::counter, "bytes", nullptr,
     "Octets of their frames, counted in full for each secure association of a frame.",
     total<&Totals::bytes>},
    {&kTotals, "lost", nullptr, Kind::gauge, "packets", nullptr,
     "Numbers not seen: those of the next two together.", total<&Totals::lost>},
    {&kTotals, "lost_final", "lacuna_lost_packets_total", Kind::counter, "packets", nullptr,
     "Numbers that left the memory unseen: lost for good.", final_lost},
    {&kTotals, "missing", "lacuna_missing_packets", Kind::gauge, "packets", nullptr,
     "Numbers not seen that a late packet may still bring.", missing},
    {&kTotals, "lost_blind", "lacuna_lost_blind_packets", Kind::gauge, "packets", nullptr,
     "The part of what is lost or missing that the probe itself may have caused.",
     total<&Totals::lost_blind>},
    {&kTotals, "gaps", "lacuna_gaps", Kind::gauge, "", nullptr,
     "Runs of numbers not seen. Falls when a late packet closes one.", total<&Totals::gaps>},
    {&kTotals, "max_gap", "lacuna_longest_gap_packets", Kind::gauge, "packets", nullptr,
     "Length of the longest run of numbers not seen.", total<&Totals::max_gap>},
    {&kTotals, "duplicates", "lacuna_duplicate_packets", Kind::gauge, "packets", nullptr,
     "Packets whose number had been seen before. A restart may take some back.",
     total<&Totals::duplicates>},
    {&kTotals, "late", "lacuna_late_packets", Kind::gauge, "packets", nullptr,
     "Packets that came after a higher number. A restart may take some back.",
     total<&Totals::late>},
    {&kTotals, "max_late_extent", "lacuna_longest_late_extent_packets", Kind::gauge, "packets",
     nullptr, "Farthest a late packet was behind the highest number.",
     total<&Totals::max_late_extent>},
    {&kTotals, "too_old", "lacuna_too_old_packets", Kind::gauge, "packets", nullptr,
     "Packets that came too late for the memory to tell whether they were seen. A restart may take "
     "some back.",
     total<&Totals::too_old>},
    {&kTotals, "before_first", "lacuna_before_first_packets", Kind::gauge, "packets", nullptr,
     "Packets with a number below the first one seen. A restart may take some back.",
     total<&Totals::before_first>},
    {&kTotals, "outliers", "lacuna_outlier_packets", Kind::gauge, "packets", nullptr,
     "Packets with a number far ahead that nothing confirmed. May fall: the last one may yet be "
     "confirmed.",
     total<&Totals::outliers>},
    {&kTotals, "restarts", "lacuna_restarts", Kind::gauge, "", nullptr,
     "Peers that began again under the same key. May fall: one may turn out to be a replay.",
     total<&Totals::restarts>},
    {&kTotals, "rekeys", "lacuna_rekeys_total", Kind::counter, "rekeys", nullptr,
     "Changes of the association number in use, per secure channel (MACsec).",
     total<&Totals::rekeys>},
    {&kTotals, "lossy", "lacuna_lossy_flows", Kind::gauge, "flows", nullptr,
     "Secure associations held that miss numbers.",
     [](const Snapshot& s, Samples& to) {
         if (at_work(s)) to.add(s.run->lossy_rows);
     }},
    {&kTotals, "exhausting", "lacuna_exhausting_flows", Kind::gauge, "flows", nullptr,
     "Secure associations held that have used three quarters of their 32-bit numbers.",
     [](const Snapshot& s, Samples& to) {
         if (at_work(s)) to.add(s.run->exhausting);
     }},
    {&kTotals, "exhausted_in_s", "lacuna_first_exhaustion_seconds", Kind::gauge, "seconds", nullptr,
     "Time until the first of them runs out of numbers at its present rate; absent if none will.",
     exhaustion_s},

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

} // namespace

std::span<const Figure> traffic_figures() {
    return kFigures;
}

} // namespace lacuna::telemetry
