// From a TOML file and the command line to a checked configuration, and back to text.
#pragma once

#include "base/result.hpp"
#include "config/run_config.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lacuna::config {

/// An option of the command line: the flag without dashes ("max-flows") and its value as typed.
/// Options of ports hold for every port; "pci", "interface" and "vdev" name ports, and once one of
/// them is given the file's ports are forgotten.
using Override = std::pair<std::string, std::string>;

/// What the machine has that a configuration can contradict.
struct Machine {
    std::vector<unsigned> cpus; ///< CPUs this process may run on; empty: unknown, not checked
};

/// Reads `file` (empty: none), applies `overrides` in order, and checks the whole; touches no
/// hardware. Errors (exit 2) say where: "FILE:LINE:COLUMN" or the option.
Result<RunConfig> load(const std::string& file, const std::vector<Override>& overrides,
                       const Machine& machine);

/// The same from text; `name` stands for the file in errors.
Result<RunConfig> parse(const std::string& text, const std::string& name,
                        const std::vector<Override>& overrides, const Machine& machine);

/// The configuration as TOML that load() reads back to an equal one: every key, one a line.
std::string to_toml(const RunConfig& config);

/// The same as pairs ("track.window", "1024"), ports as "port.1.queues": what a run record keeps.
std::vector<std::pair<std::string, std::string>> to_pairs(const RunConfig& config);

/// What differs between a running configuration and one read anew.
struct Change {
    std::string key; ///< as in to_pairs(); "port" where their number differs
    std::string from;
    std::string to;
    bool live; ///< can be changed without a restart
};
std::vector<Change> changes(const RunConfig& from, const RunConfig& to);

} // namespace lacuna::config
