// The benchmarks of `lacuna bench`; each lives in a file of its own.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace lacuna::app {

/// Each adds its benchmark to `bench`; when it is chosen, its callback runs it and sets `status` to
/// the exit status.
void register_bench_bare(CLI::App& bench, int& status);

} // namespace lacuna::app
