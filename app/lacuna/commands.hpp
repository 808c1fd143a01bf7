// The subcommands; each lives in a file of its own and adds itself to the command line.
#pragma once

#include "capture/reader.hpp"
#include "record/recorder.hpp"

#include <CLI/App.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lacuna::app {

/// Makes what records an analysis of `inputs`.
using OpenRecorder = std::function<std::unique_ptr<Recorder>(
    const CommonOptions& options, const std::vector<std::string>& inputs)>;

/// Leaves frames out of what a reader gives: capture::select_frames(), where that is loaded.
using SelectFrames = std::function<Result<std::unique_ptr<capture::Reader>>(
    std::unique_ptr<capture::Reader> reader, const std::string& expression,
    std::uint64_t& left_out)>;

/// Each adds its subcommand to `app`; when it is chosen, its callback runs it and sets `status` to
/// the exit status: 0 done, 1 the run failed, 2 unusable arguments or input.
/// `select` may be empty: --bpf is for the program that has it.
void register_analyze(CLI::App& app, int& status, OpenRecorder open, SelectFrames select);
/// `eal_arguments`: what follows `--` on the command line.
void register_replay(CLI::App& app, int& status, std::vector<std::string> eal_arguments);
void register_run(CLI::App& app, int& status, std::vector<std::string> eal_arguments);
void register_query(CLI::App& app, int& status);
void register_path(CLI::App& app, int& status);
void register_compare(CLI::App& app, int& status);
void register_doctor(CLI::App& app, int& status);
void register_bench(CLI::App& app, int& status, std::vector<std::string> eal_arguments);
void register_serve(CLI::App& app, int& status);
void register_ship(CLI::App& app, int& status);
void register_fleet(CLI::App& app, int& status);
/// After all others: it tells what they know.
void register_completion(CLI::App& app, int& status);

} // namespace lacuna::app
