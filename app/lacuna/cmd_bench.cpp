// lacuna bench: figures that need the program's own parts. scripts/bench runs them all.
#include "cmd_bench.hpp"

#include "commands.hpp"

namespace lacuna::app {

void register_bench(CLI::App& app, int& status) {
    CLI::App* bench = app.add_subcommand("bench", "how fast this machine is at it, part by part");
    bench->require_subcommand(1);
    register_bench_bare(*bench, status);
}

} // namespace lacuna::app
