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
    auto run = std::make_shared<flow::RunFigures>();
    run->frames.classes[0] = 1234567890123;
    run->frames.classes[1] = 2;
    run->frames.classes[4] = 5;
    run->frames.decoded = 1234567890123 + 2 + 5;
    run->frames.dropped = 7;
    run->frames.bytes = UINT64_MAX;
    run->totals.flows = 30;
    run->totals.received = 1'000'000;
    run->totals.lost = 100;
    run->counters[0].flows = 1;
    run->totals.late = 50;
    run->totals.duplicates = 40;
    run->final = {50, 6, 4};
    run->table.rows = 20;
    run->table.evicted_idle = 9;
    run->latest = 1'704'067'200'500'000'000;
    run->exhausting = 1;
    run->exhausted_in_s = 12.5;
    run->worst = {losing_sa(1, 40), losing_sa(2, 30)};
    s.run = std::move(run);
    s.age_s = 0.25;
    s.version = "1.2.3";
    s.dpdk = "DPDK 22.11";
    s.layout = "rtc:1";
    s.lost = flow::ProbeLoss{1, 2, 3, 4, 5};
    s.max_flows = 1 << 20;
    telemetry::LcoreFigures lcore;
    lcore.lcore = 3;
    lcore.stage = flow::Stage::parse;
    lcore.frames = 11;
    lcore.busy_ratio = 0.125;
    s.lcores = {lcore, telemetry::LcoreFigures{}};
    s.rings = {{1, 2, 5, 2047}};
    flow::PortFigures port;
    port.name = "tap \"a\"\\\n\xff";
    port.driver = "net_af_xdp";
    port.received = 77;
    port.granted = {"1 queue of 2048", "native \"XDP\", \\"};
    port.steering = {{"macsec", 6}, {"no_socket", 1}};
    s.ports = {port};
    s.store = store::StoreFigures{};
    s.store->bytes = 4096;
    s.store->failing = true;
    s.process = telemetry::process_figures();
    return s;
}

} // namespace lacuna::test
