// REST inside replay and run (--http): what the run under way knows, and its store.
#pragma once

#include "api/backend/live_backend.hpp"
#include "api/backend/store_backend.hpp"
#include "api/http/server.hpp"

#include <CLI/App.hpp>

namespace lacuna::app {

/// --token-file, --tls-cert, --tls-key and --cors: members of HttpOptions or api::ServerOptions.
template <typename Options>
void add_access_options(CLI::App& command, Options& options);

/// Says on standard error where a server listens, and what its owner should know.
void announce(const api::Server& server);

/// --http and what goes with it.
struct HttpOptions {
    std::string listen; ///< empty: no server
    std::string token_file;
    std::string tls_cert;
    std::string tls_key;
    std::string cors;

    void add_to(CLI::App& command);
    /// What can be known to be wrong before anything starts. Exit 2.
    Result<api::ServerOptions> check() const;
};

/// Answers from start() to its end. Says where on standard error.
class LiveServer {
public:
    /// `run`: as it began; `db`: where it is stored, or empty. `live` outlives the server. Errors:
    /// as api::Server::start() and api::StoreBackend::open().
    static Result<std::unique_ptr<LiveServer>> start(const HttpOptions& options,
                                                     const telemetry::LiveView& live,
                                                     const store::RunRecord& run,
                                                     const std::string& db);

private:
    LiveServer() = default;

    std::unique_ptr<api::StoreBackend> history_;
    std::unique_ptr<api::LiveBackend> backend_;
    std::unique_ptr<api::Server> server_; ///< ends first
};

} // namespace lacuna::app
