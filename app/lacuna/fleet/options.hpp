// The engine of a fleet on the command line.
#pragma once

#include "fleet/engine/engine.hpp"

#include <CLI/App.hpp>
#include <string>

namespace lacuna::app {

/// Where the engine is and how it is asked.
struct EngineOptions {
    std::string url;
    std::string password_file;
    std::string tls_ca;
    std::string tls_cert;
    std::string tls_key;

    /// Adds `name` (--to, --from) and the options beside it; CLI11 wants the URL if `needed`.
    void add_to(CLI::App& command, const char* name, const char* help, bool needed);
    /// Errors (exit 2): no such URL, or the password cannot be read.
    Result<fleet::Engine> engine() const;
};

} // namespace lacuna::app
