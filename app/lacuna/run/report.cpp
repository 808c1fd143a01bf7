#include "run/report.hpp"

#include <fmt/format.h>
#include <unordered_map>

namespace lacuna::app {

namespace {

/// SAs that more than one tracker holds: their packets came over several queues.
std::size_t split_sas(const std::vector<const flow::Tracker*>& shards) {
    std::unordered_map<std::string, std::size_t> first_seen;
    std::size_t split = 0;
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        for (std::size_t row = 0; row < shards[shard]->row_limit(); ++row) {
            if (!shards[shard]->row_used(row)) continue;
            flow::SaSummary s;
            shards[shard]->summarize(row, s);
            const std::string key(reinterpret_cast<const char*>(&s.id), sizeof s.id);
            const auto [at, fresh] = first_seen.emplace(key, shard);
            split += !fresh && at->second != shard;
        }
    }
    return split;
}

} // namespace

Moment moment_of(const pipeline::Pipeline& pipe, const telemetry::Live& live) {
    Moment m;
    m.at = std::chrono::steady_clock::now();
    m.frames = pipe.frames_received();
    m.ports = live.ports();
    m.drops = live.drops();
    m.lcores = live.lcores();
    // A worker that does not answer in time is shown by older sums, not waited for any longer.
    const auto sums = live.sums();
    m.sums = sums ? *sums : live.last_sums();
    return m;
}

std::vector<report::PortFigures> port_figures(const RunPorts& ports) {
    std::vector<report::PortFigures> out;
    for (PortFigures& f : ports.figures()) {
        report::PortFigures p{f.name,   f.driver, f.received,           f.missed,
                              f.nombuf, f.link,   std::move(f.granted), {}};
        for (std::size_t v = 0; f.steered && v < f.verdicts.size(); ++v)
            p.steering.emplace_back(xdp::kVerdictNames[v], f.verdicts[v]);
        out.push_back(std::move(p));
    }
    return out;
}

report::Report report_of(const pipeline::Pipeline& pipe, const RunPorts& ports,
                         const config::RunConfig& config) {
    report::Report r;
    for (const config::PortConfig& p : config.ports)
        r.input.push_back(p.name);
    r.frames = pipe.frame_counts();
    r.shards = pipe.trackers();
    std::uint64_t told = 0;
    r.ports = port_figures(ports);
    for (const report::PortFigures& p : r.ports) {
        r.probe.rx_missed += p.missed;
        r.probe.rx_nombuf += p.nombuf;
        told += p.missed + p.nombuf;
    }
    const std::uint64_t untold = ports.unaccounted();
    r.probe.rx_missed += untold;
    r.dropped = told + untold;
    for (const flow::Tracker* t : r.shards) {
        r.totals += t->totals();
        r.probe.table_full += t->counters().refused;
    }
    if (untold != 0)
        r.notes.push_back(fmt::format(
            "{} frames were handed to lacuna's socket and lost there without the driver telling "
            "when; loss they caused may not be marked as blind",
            untold));
    if (config.ports.size() > 1)
        r.notes.push_back("an SA that arrives on several ports has no defined order between them");
    if (r.shards.size() > 1 && config.ports.front().queues > 1) {
        if (const std::size_t n = split_sas(r.shards); n != 0)
            r.notes.push_back(fmt::format(
                "{} SAs arrived on more than one queue, so their loss cannot be told: set rss = "
                "\"off\" (spreads by addresses alone), or one queue",
                n));
    }
    return r;
}

} // namespace lacuna::app
