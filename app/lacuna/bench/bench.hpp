// The benchmarks of `lacuna bench`; each lives in a file of its own.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace lacuna::app {

/// Each adds its benchmark to `bench`; when it is chosen, its callback runs it and sets `status` to
/// the exit status. `eal_arguments`: what follows `--` on the command line.
void register_bench_bare(CLI::App& bench, int& status);
void register_bench_stages(CLI::App& bench, int& status);
void register_bench_rx(CLI::App& bench, int& status, std::vector<std::string> eal_arguments);
void register_bench_pipeline(CLI::App& bench, int& status, std::vector<std::string> eal_arguments);

} // namespace lacuna::app
