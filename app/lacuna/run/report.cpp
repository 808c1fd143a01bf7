#include "run/report.hpp"

#include "base/time_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace lacuna::app {

namespace {

/// SAs that more than one tracker holds: their packets came over several queues.
std::size_t split_sas(const flow::HeldRows& rows) {
    std::unordered_map<std::string, std::size_t> first_seen;
    std::size_t split = 0;
    rows.each([&](flow::HeldRow ref) {
        const wire::SaIdentity id = rows.identity(ref);
        const std::string key(reinterpret_cast<const char*>(&id), sizeof id);
        const auto [at, fresh] = first_seen.emplace(key, ref.shard);
        split += !fresh && at->second != ref.shard;
    });
    return split;
}

/// Rows the screen looks at: what a person can still choose among, at little cost to the workers.
constexpr std::size_t kMostRows = 2000;

std::vector<flow::SaSummary> some_rows(const telemetry::LiveView& live) {
    std::vector<flow::SaSummary> rows;
    std::uint64_t cursor = 0;
    for (bool more = true; more && rows.size() < kMostRows;) {
        const auto page = live.flows(cursor, telemetry::kMaxFlows);
        if (!page) break;
        rows.insert(rows.end(), page->flows.begin(), page->flows.end());
        cursor = page->next;
        more = page->more;
    }
    return rows;
}

} // namespace

Moment moment_of(const pipeline::Pipeline& pipe, const telemetry::LiveView& live, bool rows) {
    Moment m;
    m.at = std::chrono::steady_clock::now();
    m.frames = pipe.frames_received();
    m.ports = live.ports();
    m.lost = live.lost();
    m.lcores = live.lcores();
    // A worker that does not answer in time is shown by older figures, not waited for any longer.
    const auto now = live.figures();
    m.run = now ? *now : live.last_figures();
    if (!rows) return m;
    m.rows = some_rows(live);
    if (!m.run || m.rows.size() >= m.run->table.rows) return m;
    // Of more than that at least those that lose most are among them.
    for (const flow::SaSummary& s : m.run->worst) {
        const bool there =
            std::any_of(m.rows.begin(), m.rows.end(), [&s](const flow::SaSummary& r) {
                return r.id == s.id && r.first_time == s.first_time;
            });
        if (!there) m.rows.push_back(s);
    }
    return m;
}

void add_notes(report::Report& report, std::uint64_t unaccounted, const RunOptions& options) {
    const std::vector<config::PortConfig>& ports = options.config.ports;
    std::vector<std::string>& notes = report.figures.notes;
    if (unaccounted != 0)
        notes.push_back(fmt::format(
            "{} frames were handed to lacuna's socket and lost there without the driver telling "
            "when; loss they caused may not be marked as blind",
            unaccounted));
    for (const flow::PortFigures& port : report.figures.ports)
        if (port.outages != 0)
            notes.push_back(fmt::format(
                "port {} had no link {}, the last time from {} to {}: what is missing from its "
                "last packet before to its first after is blind",
                port.name, port.outages == 1 ? "once" : fmt::format("{} times", port.outages),
                rfc3339(port.latest_outages.back().from), rfc3339(port.latest_outages.back().to)));
    if (ports.size() > 1)
        notes.push_back("an SA that arrives on several ports has no defined order between them");
    if (options.layout.trackers() > 1 && ports.front().queues > 1) {
        if (const std::size_t n = split_sas(report.rows); n != 0)
            notes.push_back(fmt::format(
                "{} SAs arrived on more than one queue, so their loss cannot be told: set rss = "
                "\"off\" (spreads by addresses alone), or one queue",
                n));
    }
}

void add_taken_up(report::Report& report, const std::vector<const flow::Tracker*>& trackers,
                  TimeNs since) {
    flow::TakenUp sum;
    for (const flow::Tracker* t : trackers) {
        sum.sas += t->taken_up().sas;
        sum.missing += t->taken_up().missing;
    }
    report.figures.notes.push_back(fmt::format(
        "no probe ran from {} until this run began; {} SAs came back, and {} numbers they used "
        "meanwhile are blind",
        rfc3339(since), sum.sas, sum.missing));
}

} // namespace lacuna::app
