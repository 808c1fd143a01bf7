// lacuna fleet: the engine of a fleet, made ready.
#include "fleet/schema/init.hpp"

#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "cli/common_options.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "fleet/options.hpp"
#include "fleet/schema/tables.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

struct Fleet {
    EngineOptions engine;

    bool json = false;

    int init() const;
    int status() const;
};

int Fleet::init() const {
    auto to = engine.engine();
    if (!to) return fail(to.error());
    if (const Status s = fleet::init(*to); !s) return fail(s.error());
    errno = 0;
    return written(
        print(fmt::format("{}: schema {} is ready\n", to->target().text(), fleet::kSchemaVersion)),
        "the answer");
}

/// A line each: who ships, how long ago, how far.
constexpr const char* kProbes =
    "SELECT probe, path, hop, version, seen, lag_s, clock_ms, shipped, refused, open_runs, store "
    "FROM (SELECT * FROM {db}.probes) ALL LEFT JOIN (SELECT probe, store, countIf(state = 'open') "
    "AS "
    "open_runs FROM {db}.raw_runs FINAL GROUP BY probe, store) USING (probe, store) "
    "ORDER BY probe, store";

std::string status_json(const fleet::Answer& rows) {
    static constexpr const char* kNames[] = {"probe",   "path",      "hop",      "version",
                                             "seen",    "lag_s",     "clock_ms", "shipped",
                                             "refused", "open_runs", "store"};
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("count", rows.size());
    json.key("probes").begin_array();
    for (const auto& row : rows) {
        json.line().begin_object();
        for (std::size_t i = 0; i < std::size(kNames); ++i) {
            json.key(kNames[i]);
            const bool text = i < 2 || i == 3 || i == 4 || i == 10;
            text ? json.value(std::string_view(row[i])) : json.raw(row[i]);
        }
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + '\n';
}

int Fleet::status() const {
    auto to = engine.engine();
    if (!to) return fail(to.error());
    if (const auto greeting = fleet::greet(*to); !greeting) return fail(greeting.error());
    const auto rows = to->ask(kProbes);
    if (!rows) return fail(rows.error().error(to->target()));
    errno = 0;
    if (json) return written(print(status_json(*rows)), "the answer");
    std::string out = fmt::format("{:<24} {:<14} {:<10} {:<20} {:>8} {:>10} {:>14} {:>8} {:>5}\n",
                                  "probe", "path", "version", "seen (UTC)", "lag s", "clock ms",
                                  "rows", "refused", "open");
    for (const auto& row : *rows)
        out += fmt::format("{:<24} {:<14} {:<10} {:<20} {:>8} {:>10} {:>14} {:>8} {:>5}\n", row[0],
                           row[1].empty() ? "-" : row[1] + '/' + row[2], row[3], row[4], row[5],
                           row[6], row[7], row[8], row[9]);
    return written(print(std::move(out)), "the answer");
}

} // namespace

void register_fleet(CLI::App& app, int& status) {
    auto fleet = std::make_shared<Fleet>();
    CLI::App* command = app.add_subcommand("fleet", "the engine many probes ship to");
    fleet->engine.add_to(*command, "--to", "the engine: clickhouse://[user@]host[:port][/database]",
                         true);
    command->require_subcommand(1);
    command->fallthrough();
    CLI::App* init = command->add_subcommand("init", "make its schema, or bring it up to date");
    init->fallthrough();
    init->callback([fleet, &status] { status = fleet->init(); });
    CLI::App* state = command->add_subcommand("status", "its probes, and how far they are");
    state->fallthrough();
    state->add_flag("--json", fleet->json, "as JSON");
    state->callback([fleet, &status] { status = fleet->status(); });
}

} // namespace lacuna::app
