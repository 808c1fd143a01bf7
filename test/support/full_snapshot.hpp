// A snapshot in which everything a probe can know is known, with values of every size.
#pragma once

#include "telemetry/snapshot.hpp"

namespace lacuna::test {

inline flow::SaSummary losing_sa(std::uint32_t spi, std::uint64_t lost) {
    flow::SaSummary s{};
    s.id.key.protocol = Protocol::esp;
    s.id.key.family = wire::Family::ipv4;
    s.id.key.spi = spi;
    s.id.key.addr[0] = 192;
    s.id.key.addr[3] = 1;
    s.received = 1000;
    s.lost = lost;
    s.late = 3;
    s.duplicates = 2;
    return s;
}

inline telemetry::Snapshot full_snapshot() {
    telemetry::Snapshot s;
    auto sums = std::make_shared<telemetry::Sums>();
    sums->packets[0] = 1234567890123;
    sums->packets[1] = 2;
    sums->packets[4] = 5;
    sums->dropped = 7;
    sums->bytes = UINT64_MAX;
    sums->totals.flows = 30;
    sums->totals.received = 1'000'000;
    sums->totals.lost = 100;
    sums->totals.late = 50;
    sums->totals.duplicates = 40;
    sums->final_lost = 60;
    sums->table.rows = 20;
    sums->table.evicted_idle = 9;
    sums->latest = 1'704'067'200'500'000'000;
    sums->exhausting = 1;
    sums->exhausted_in_s = 12.5;
    sums->worst = {losing_sa(1, 40), losing_sa(2, 30)};
    s.sums = std::move(sums);
    s.sums_age_s = 0.25;
    s.version = "1.2.3";
    s.dpdk = "DPDK 22.11";
    s.layout = "rtc:1";
    s.drops = report::Probe{1, 2, 3, 4, 5};
    s.max_flows = 1 << 20;
    telemetry::LcoreFigures lcore;
    lcore.lcore = 3;
    lcore.stage = flow::Stage::parse;
    lcore.frames = 11;
    lcore.busy_ratio = 0.125;
    s.lcores = {lcore, telemetry::LcoreFigures{}};
    s.rings = {{1, 2, 5, 2047}};
    report::PortFigures port;
    port.name = "tap \"a\"\\\n\xff";
    port.driver = "net_af_xdp";
    port.received = 77;
    port.granted = {"1 queue of 2048", "native \"XDP\", \\"};
    port.steering = {{"macsec", 6}, {"no_socket", 1}};
    s.ports = {port};
    s.store = telemetry::StoreFigures{};
    s.store->bytes = 4096;
    s.store->failing = true;
    s.process = telemetry::process_figures();
    return s;
}

} // namespace lacuna::test
