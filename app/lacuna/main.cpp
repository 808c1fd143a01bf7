// lacuna: which packets of every secure association were lost, reordered, duplicated or replayed.
#include "commands.hpp"
#include "common_options.hpp"
#include "version.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

/// Where the EAL arguments of a replay begin: at the first `--`, or at the end. CLI11 would take
/// them for files.
char** find_eal_arguments(char** begin, char** end) {
    const bool replay = end - begin > 1 && std::strcmp(begin[1], "replay") == 0;
    return replay ? std::find_if(begin, end, [](const char* a) { return !std::strcmp(a, "--"); })
                  : end;
}

} // namespace

int main(int argc, char** argv) {
    using namespace lacuna::app;
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes away is an error of the write

    int status = 0;
    CLI::App app{"lacuna listens to MACsec and IPsec and says exactly which packets were lost,\n"
                 "reordered, duplicated or replayed. No keys needed."};
    app.name("lacuna");
    app.set_version_flag("--version", "lacuna " LACUNA_VERSION);
    app.require_subcommand(1);
    app.footer("'lacuna COMMAND --help' explains a command; 'man lacuna' explains all.");

    register_analyze(app, status);
    char** const end = argv + argc;
    char** const eal = find_eal_arguments(argv, end);
    register_replay(app, status,
                    eal == end ? std::vector<std::string>()
                               : std::vector<std::string>(eal + 1, end));
    register_query(app, status);

    if (argc == 1) {
        std::fputs(app.help().c_str(), stderr);
        return 2;
    }
    try {
        app.parse(static_cast<int>(eal - argv), argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e); // --help, --version
        const auto chosen = app.get_subcommands();
        const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
        return fail({e.what(), "", "try 'lacuna" + command + " --help'", 2});
    }
    return status;
}
