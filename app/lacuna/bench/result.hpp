// What a benchmark found, and how it is shown.
#pragma once

#include "base/result.hpp"
#include "wire/frame_counts.hpp"

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lacuna::app {

/// Once over all frames.
struct BenchPass {
    std::string name;
    double seconds = 0;
    double cpu_seconds =
        0; ///< of all threads; what other programs do to the machine moves it least
};

/// What every benchmark says: how long a frame took, and how many frames were recognised at all.
struct BenchResult {
    std::string benchmark;
    std::string about;                ///< what was measured, for people
    std::string input;                ///< a file; empty where frames are generated
    std::optional<double> page_cache; ///< share of the file that lay in memory beforehand, 0 - 1
    std::string layout;               ///< where there is one
    std::uint64_t recognised = 0;     ///< frames that carry MACsec, ESP or AH
    std::uint64_t not_recognised = 0; ///< all others
    std::uint64_t bytes = 0;          ///< of all frames, on the wire without FCS
    std::uint64_t flows = 0;          ///< secure associations
    std::vector<BenchPass> passes;
    std::size_t best = 0; ///< index of the pass that is the figure

    std::uint64_t frames() const { return recognised + not_recognised; }
    /// Takes the frames from what decoders counted.
    void count(const wire::FrameCounts& counts);
    /// Makes the pass with the median time the figure; of rounds of several `steps`, the last one.
    void choose_median(std::size_t steps = 1);
};

/// Options of every benchmark.
struct BenchOptions {
    bool json = false;
    std::size_t rounds = 3;

    /// Adds --json and --rounds.
    void add_to(CLI::App& command);
};

/// Does `work` and takes its time.
BenchPass measure(std::string name, const std::function<void()>& work);

/// Shows `result` on stdout: a table, or one JSON document. Exit status 0, or 1 if stdout could not
/// be written.
int show(const BenchResult& result, const BenchOptions& options);

} // namespace lacuna::app
