// What the probe itself does and fails to do: drops, lcores, rings, ports.
#include "telemetry/figures/registry.hpp"

namespace lacuna::telemetry {
namespace {

constexpr Group kProbe{"probe", "What the probe itself lost", {}};
constexpr Group kLcores{"lcores", "lcores of the data path", {"lcore", "stage"}};
constexpr Group kRings{"rings", "Rings between lcores", {"from", "to"}};
constexpr Group kPorts{"ports", "Ports of a live run", {"port", "driver"}};
constexpr Group kGrants{"granted", "What driver and hardware granted", {"port", "granted"}};

void drops(const Snapshot& s, Samples& to) {
    if (!s.lost) return;
    to.add("rx_missed", s.lost->rx_missed);
    to.add("rx_nombuf", s.lost->rx_nombuf);
    to.add("ring_full", s.lost->ring_full);
    to.add("table_full", s.lost->table_full);
    to.add("events_lost", s.lost->not_stored);
}

template <auto Field>
void lcore(const Snapshot& s, Samples& to) {
    for (const LcoreFigures& l : s.lcores) {
        to.of({std::to_string(l.lcore), flow::stage_name(l.stage)});
        to.add(l.*Field);
    }
}

template <auto Field>
void ring(const Snapshot& s, Samples& to) {
    for (const RingFigures& r : s.rings) {
        to.of({std::to_string(r.from), std::to_string(r.to)});
        to.add(r.*Field);
    }
}

template <auto Field>
void port(const Snapshot& s, Samples& to) {
    for (const flow::PortFigures& p : s.ports) {
        to.of({p.name, p.driver});
        to.add(std::uint64_t{p.*Field});
    }
}

void steering(const Snapshot& s, Samples& to) {
    for (const flow::PortFigures& p : s.ports) {
        to.of({p.name, p.driver});
        for (const auto& [verdict, n] : p.steering)
            to.add(verdict, n);
    }
}

void granted(const Snapshot& s, Samples& to) {
    for (const flow::PortFigures& p : s.ports) {
        for (const std::string& what : p.granted) {
            to.of({p.name, what});
            to.add(std::uint64_t{1});
        }
    }
}

using L = LcoreFigures;
using P = flow::PortFigures;
using R = RingFigures;

constexpr Figure kDataPathFigures[] = {
    {&kProbe, "dropped", "lacuna_probe_dropped_total", Kind::counter, "", "cause",
     "What the probe itself lost: frames missed by NIC, kernel or socket (rx_missed), without a "
     "packet buffer (rx_nombuf), between stages (ring_full); packets of associations without room "
     "in the flow table (table_full); events not stored (events_lost).",
     drops},

    {&kLcores, "frames", "lacuna_lcore_packets_total", Kind::counter, "packets", nullptr,
     "Frames handled; by a work stage: numbered packets.", lcore<&L::frames>},
    {&kLcores, "bursts", "lacuna_lcore_bursts_total", Kind::counter, "bursts", nullptr,
     "Bursts that carried something.", lcore<&L::bursts>},
    {&kLcores, "busy_polls", "lacuna_lcore_busy_polls_total", Kind::counter, "polls", nullptr,
     "Looks for work that found some.", lcore<&L::busy_polls>},
    {&kLcores, "idle_polls", "lacuna_lcore_idle_polls_total", Kind::counter, "polls", nullptr,
     "Looks for work that found none.", lcore<&L::idle_polls>},
    {&kLcores, "full_waits", "lacuna_lcore_full_waits_total", Kind::counter, "waits", nullptr,
     "Waits because the next stage's ring was full.", lcore<&L::full_waits>},
    {&kLcores, "credit_waits", "lacuna_lcore_credit_waits_total", Kind::counter, "waits", nullptr,
     "Waits because too many packet buffers were on their way.", lcore<&L::credit_waits>},
    {&kLcores, "store_waits", "lacuna_lcore_store_waits_total", Kind::counter, "waits", nullptr,
     "Waits because the store had no room (a replay waits, a live run does not).",
     lcore<&L::store_waits>},
    {&kLcores, "busy_s", "lacuna_lcore_busy_seconds_total", Kind::counter, "seconds", nullptr,
     "Time spent on packets.", lcore<&L::busy_s>},
    {&kLcores, "idle_s", "lacuna_lcore_idle_seconds_total", Kind::counter, "seconds", nullptr,
     "Time spent waiting for packets or for room.", lcore<&L::idle_s>},
    {&kLcores, "busy_ratio", "lacuna_lcore_busy_ratio", Kind::gauge, "ratio", nullptr,
     "Share of its time spent on packets since it was asked before, a second at least.",
     lcore<&L::busy_ratio>},

    {&kRings, "used", "lacuna_ring_used_elements", Kind::gauge, "elements", nullptr,
     "Elements in the ring from one lcore to another.", ring<&R::used>},
    {&kRings, "capacity", "lacuna_ring_capacity_elements", Kind::gauge, "elements", nullptr,
     "Elements it can hold.", ring<&R::capacity>},

    {&kPorts, "received", "lacuna_port_received_packets_total", Kind::counter, "packets", nullptr,
     "Frames received.", port<&P::received>},
    {&kPorts, "missed", "lacuna_port_missed_packets_total", Kind::counter, "packets", nullptr,
     "Frames lost by NIC, kernel or socket.", port<&P::missed>},
    {&kPorts, "nombuf", "lacuna_port_nombuf_packets_total", Kind::counter, "packets", nullptr,
     "Frames lost for want of a packet buffer.", port<&P::nombuf>},
    {&kPorts, "link", "lacuna_port_up", Kind::gauge, "", nullptr, "1: the link is up.",
     port<&P::link>},
    {&kPorts, "steering", "lacuna_port_steered_packets_total", Kind::counter, "packets", "verdict",
     "Frames by what the XDP program did with them; no_socket ones are among the missed.",
     steering},

    {&kGrants, "granted", "lacuna_port_granted_info", Kind::info, "", nullptr,
     "Queues, RSS, rules, clock, where the XDP program runs: one for each thing granted.", granted},
};

} // namespace

std::span<const Figure> data_path_figures() {
    return kDataPathFigures;
}

} // namespace lacuna::telemetry
