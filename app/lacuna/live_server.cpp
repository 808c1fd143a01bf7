#include "live_server.hpp"

#include "common_options.hpp"
#include "streams.hpp"
#include "version.hpp"

#include <fmt/format.h>

namespace lacuna::app {

void HttpOptions::add_to(CLI::App& command) {
    command
        .add_option("--http", listen,
                    "answer over HTTP meanwhile; port 0 takes any that is free and says which")
        ->type_name("ADDR:PORT")
        ->check(not_empty);
    command
        .add_option("--token-file", token_file,
                    "file with the bearer token requests must carry; needed where others than "
                    "this host can ask")
        ->type_name("FILE")
        ->check(not_empty);
}

Result<api::ServerOptions> HttpOptions::check() const {
    if (listen.empty()) {
        if (token_file.empty()) return api::ServerOptions();
        return Error{"--token-file without a server", token_file, "add --http ADDR:PORT", 2};
    }
    auto parsed = api::parse_address(listen);
    if (!parsed) return parsed.error();
    parsed->token_file = token_file;
    if (Status s = api::check(*parsed); !s) return s.error();
    return parsed;
}

Result<std::unique_ptr<LiveServer>> LiveServer::start(const HttpOptions& options,
                                                      const telemetry::Live& live,
                                                      const store::RunRecord& run,
                                                      const std::string& db) {
    const auto where = options.check();
    if (!where) return where.error();
    std::unique_ptr<LiveServer> s(new LiveServer);
    if (!db.empty()) {
        auto history = api::StoreBackend::open(db, LACUNA_VERSION);
        if (!history) return history.error();
        s->history_ = std::move(*history);
    }
    s->backend_ = std::make_unique<api::LiveBackend>(live, run, s->history_.get(), LACUNA_VERSION);
    auto server = api::Server::start(*where, *s->backend_);
    if (!server) return server.error();
    s->server_ = std::move(*server);
    remark("listening on " + s->server_->url());
    return s;
}

} // namespace lacuna::app
