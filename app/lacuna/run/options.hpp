// The command line of `lacuna run`: every key of the configuration is an option too.
#pragma once

#include "cli/common_options.hpp"
#include "config/load.hpp"
#include "pipeline/layout/layout.hpp"
#include "session/live_server.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

struct RunOptions {
    std::string file;             ///< --config
    bool check_only = false;      ///< --check
    std::vector<std::string> eal; ///< the user's EAL arguments
    long long gaps = 0;
    CLI::Option* gaps_option = nullptr;

    // Filled by check().
    config::RunConfig config;
    CommonOptions common; ///< what the configuration means to recorder and views
    pipeline::Layout layout;
    HttpOptions http;

    void add_to(CLI::App& command);
    /// Reads the file and everything on the command line. Exit 2.
    Status check();
    /// The configuration as it would be now: for SIGHUP. Exit 2.
    Result<config::RunConfig> reload() const;

private:
    struct Given {
        std::string flag;
        std::vector<std::string> values;
        bool set = false;
        CLI::Option* option = nullptr;
    };
    std::vector<std::unique_ptr<Given>> given_;
};

} // namespace lacuna::app
