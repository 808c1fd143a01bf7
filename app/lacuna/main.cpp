// lacuna: which packets of every secure association were lost, reordered, duplicated or replayed.
//
// A capture is analysed here, and --version and --help are answered. Whatever else needs DPDK,
// RocksDB or a server is left to lacuna-full, in the same process: loading their libraries takes
// several times as long as a small capture.
#include "cli/command_line.hpp"
#include "cli/full_program.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "record/recorder.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

int print_text(std::string_view text) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes away is an error of the write
    lacuna::app::hold_streams();
    errno = 0;
    const bool good = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return lacuna::app::written(std::fflush(stdout) == 0 && good, "the help");
}

} // namespace

int main(int argc, char** argv) {
    using namespace lacuna::app;
    const bool asks_version = argc == 2 && std::strcmp(argv[1], "--version") == 0;
    if (!asks_version && !is_plain_analysis(argc, argv)) {
        if (const std::string_view text = help_text(argc, argv); !text.empty())
            return print_text(text);
        return become_full_program(argv);
    }
    return run_command_line(argc, argv, [](CLI::App& app, int& status, const auto&) {
        register_analyze(app, status,
                         [](const auto& options, const auto& inputs) {
                             return std::make_unique<Recorder>(options, "analyze", inputs);
                         },
                         {});
    });
}
