// lacuna bench: figures that need the program's own parts. scripts/bench runs them all.
#include "bench/bench.hpp"

#include "commands.hpp"

namespace lacuna::app {

void register_bench(CLI::App& app, int& status, std::vector<std::string> eal_arguments) {
    CLI::App* bench = app.add_subcommand("bench", "how fast this machine is at it, part by part");
    bench->require_subcommand(1);
    register_bench_bare(*bench, status);
    register_bench_stages(*bench, status);
    register_bench_rx(*bench, status, eal_arguments);
    register_bench_pipeline(*bench, status, std::move(eal_arguments));
}

} // namespace lacuna::app
