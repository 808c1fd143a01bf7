// All of lacuna: also what needs DPDK, RocksDB and the servers. lacuna hands over to it.
#include "capture/select/bpf_reader.hpp"
#include "cli/command_line.hpp"
#include "commands.hpp"
#include "record/stored_recorder.hpp"

#include <sys/prctl.h>

int main(int argc, char** argv) {
    using namespace lacuna::app;
    prctl(PR_SET_NAME, "lacuna"); // what the user started, for ps, pgrep and killall
    return run_command_line(
        argc, argv, [](CLI::App& app, int& status, const std::vector<std::string>& eal_arguments) {
            register_analyze(
                app, status,
                [](const auto& options, const auto& inputs) {
                    return open_recorder(options, "analyze", inputs);
                },
                lacuna::capture::select_frames);
            register_replay(app, status, eal_arguments);
            register_run(app, status, eal_arguments);
            register_query(app, status);
            register_path(app, status);
            register_compare(app, status);
            register_doctor(app, status);
            register_bench(app, status, eal_arguments);
            register_serve(app, status);
            register_ship(app, status);
            register_fleet(app, status);
            register_completion(app, status);
        });
}
