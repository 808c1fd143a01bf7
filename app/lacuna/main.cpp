// lacuna: which packets of every secure association were lost, reordered, duplicated or replayed.
//
// A capture is analysed here. Whatever needs DPDK, RocksDB or a server is left to lacuna-full, in
// the same process: loading their libraries takes several times as long as a small capture.
#include "cli/command_line.hpp"
#include "cli/full_program.hpp"
#include "commands.hpp"
#include "record/recorder.hpp"

int main(int argc, char** argv) {
    using namespace lacuna::app;
    if (!is_plain_analysis(argc, argv)) return become_full_program(argv);
    return run_command_line(argc, argv, [](CLI::App& app, int& status, const auto&) {
        register_analyze(app, status, [](const auto& options, const auto& inputs) {
            return std::make_unique<Recorder>(options, "analyze", inputs);
        });
    });
}
