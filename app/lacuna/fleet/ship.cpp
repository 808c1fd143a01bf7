// lacuna ship: a store's way to the engine of a fleet.
#include "fleet/ship/shipper.hpp"

#include "base/output.hpp"
#include "cli/common_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "config/value.hpp"
#include "fleet/options.hpp"
#include "report/text/number_text.hpp"
#include "version.hpp"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

/// A clock that is off by more is worth a line: times of several probes are compared.
constexpr std::int64_t kClockMs = 2'000;
/// How long --once waits for an engine that is away.
constexpr std::chrono::seconds kOnce{30};

struct Ship {
    EngineOptions engine;
    fleet::ShipOptions options;
    bool once = false;
    bool quiet = false;
    double every_s = 10;
    std::string spool;

    int run();

private:
    Status check();
    void remarks(const fleet::Shipper& shipper) const;
};

std::string host_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "probe";
}

Status Ship::check() {
    if (options.probe.empty()) options.probe = host_name();
    options.version = LACUNA_VERSION;
    options.patience.stop = &watch_interrupts();
    options.patience.longest = once ? kOnce : std::chrono::seconds(0);
    options.patience.say = remark;
    const config::Key& size = *config::find_flag("max-db-size");
    if (!spool.empty() && !config::set_text(size, config::Slot(&options.spool), spool))
        return Error{fmt::format("--spool {} is not {}", spool, config::expected(size)), "", "", 2};
    options.every = std::chrono::milliseconds(std::llround(every_s * 1e3));
    return {};
}

void Ship::remarks(const fleet::Shipper& shipper) const {
    const fleet::Shipped& shipped = shipper.shipped();
    if (shipped.refused != 0)
        remark(fmt::format("{} rows were refused and are kept in {}",
                           report::grouped(shipped.refused), shipper.refused_file()));
}

int Ship::run() {
    auto to = engine.engine();
    if (!to) return fail(to.error());
    if (Status s = check(); !s) return fail(s.error());
    auto shipper = fleet::Shipper::open(*to, options);
    if (!shipper) return fail(shipper.error());
    const std::int64_t clock_ms = (*shipper)->shipped().clock_ms;
    if (std::abs(clock_ms) > kClockMs)
        remark(fmt::format("the clock of this probe is {:.1f} s {} that of the engine",
                           static_cast<double>(std::abs(clock_ms)) / 1e3,
                           clock_ms > 0 ? "ahead of" : "behind"));
    const Status done = once ? (*shipper)->ship() : (*shipper)->follow(watch_interrupts());
    remarks(**shipper);
    if (!done) return fail(done.error());
    if (quiet) return 0;
    errno = 0;
    return written(
        print(fmt::format("{}: {} rows shipped to {}\n", options.probe,
                          report::grouped((*shipper)->shipped().rows), to->target().text())),
        "what was shipped");
}

} // namespace

void register_ship(CLI::App& app, int& status) {
    auto ship = std::make_shared<Ship>();
    CLI::App* command =
        app.add_subcommand("ship", "send a store (--db) to the engine of a fleet (--to)");
    command->add_option("--db", ship->options.db, "directory of the store")
        ->required()
        ->type_name("DIR")
        ->check(not_empty);
    ship->engine.add_to(*command, "--to", "the engine: clickhouse://[user@]host[:port][/database]",
                        true);
    command
        ->add_option("--probe", ship->options.probe, "its name in the fleet (default: the host's)")
        ->type_name("NAME")
        ->check(not_empty);
    CLI::Option* path = command->add_option("--path", ship->options.path, "a path it taps")
                            ->type_name("NAME")
                            ->check(not_empty);
    command->add_option("--hop", ship->options.hop, "its place along that path, from 0")
        ->type_name("N")
        ->check(CLI::Range(0u, 61u))
        ->needs(path);
    command->add_option("--every", ship->every_s, "seconds between two rounds")
        ->type_name("S")
        ->capture_default_str()
        ->check(CLI::Range(0.05, 3600.0));
    command
        ->add_option("--spool", ship->spool,
                     "log the writers of the store shall keep for this, from their next start on")
        ->type_name("SIZE")
        ->check(not_empty);
    command->add_flag("--once", ship->once, "send what is there, then end");
    command->add_flag("--quiet", ship->quiet, "say nothing but what goes wrong");
    command->callback([ship, &status] { status = ship->run(); });
}

} // namespace lacuna::app
