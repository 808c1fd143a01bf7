#include "session/live_server.hpp"

#include "cli/common_options.hpp"
#include "cli/streams.hpp"
#include "session/page.hpp"
#include "version.hpp"

#include <fmt/format.h>

namespace lacuna::app {

void add_access_options(CLI::App& command, std::string& token_file, std::string& tls_cert,
                        std::string& tls_key) {
    const auto file = [&command](const char* name, std::string& value, const char* help) {
        command.add_option(name, value, help)->type_name("FILE")->check(not_empty);
    };
    file("--token-file", token_file,
         "file with the bearer token requests must carry; needed where others than this host can "
         "ask");
    file("--tls-cert", tls_cert, "speak TLS, with the certificate (chain) of this PEM file");
    file("--tls-key", tls_key, "PEM file of the certificate's private key");
}

void announce(const api::Server& server) {
    remark("listening on " + server.url());
    if (const std::string warning = server.warning(); !warning.empty()) remark(warning);
}

void HttpOptions::add_to(CLI::App& command) {
    command
        .add_option("--http", listen,
                    "answer over HTTP meanwhile; port 0 takes any that is free and says which")
        ->type_name("ADDR:PORT")
        ->check(not_empty);
    add_access_options(command, token_file, tls_cert, tls_key);
}

Result<api::ServerOptions> HttpOptions::check() const {
    if (listen.empty()) {
        for (const auto& [option, file] : {std::pair{"--token-file", &token_file},
                                           {"--tls-cert", &tls_cert},
                                           {"--tls-key", &tls_key}})
            if (!file->empty())
                return Error{fmt::format("{} without a server", option), *file,
                             "add --http ADDR:PORT", 2};
        return api::ServerOptions();
    }
    auto parsed = api::parse_address(listen);
    if (!parsed) return parsed.error();
    parsed->token_file = token_file;
    parsed->tls_cert = tls_cert;
    parsed->tls_key = tls_key;
    if (Status s = api::check(*parsed); !s) return s.error();
    return parsed;
}

Result<std::unique_ptr<LiveServer>> LiveServer::start(const HttpOptions& options,
                                                      const telemetry::LiveView& live,
                                                      const store::RunRecord& run,
                                                      const std::string& db) {
    auto where = options.check();
    if (!where) return where.error();
    where->page = page();
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
    announce(*s->server_);
    return s;
}

} // namespace lacuna::app
