// lacuna: which packets of every secure association were lost, reordered, duplicated or replayed.
#include "commands.hpp"
#include "common_options.hpp"
#include "version.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

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
    register_replay(app, status);
    register_query(app, status);

    if (argc == 1) {
        std::fputs(app.help().c_str(), stderr);
        return 2;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e); // --help, --version
        const auto chosen = app.get_subcommands();
        const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
        return fail({e.what(), "", "try 'lacuna" + command + " --help'", 2});
    }
    return status;
}
