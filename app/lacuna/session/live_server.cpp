#include "session/live_server.hpp"

#include "cli/common_options.hpp"
#include "cli/streams.hpp"
#include "session/page.hpp"
#include "version.hpp"

#include <fmt/format.h>

namespace lacuna::app {

template <typename Options>
void add_access_options(CLI::App& command, Options& options) {
    const auto add = [&command](const char* name, std::string& value, const char* type,
                                const char* help) {
        command.add_option(name, value, help)->type_name(type)->check(not_empty);
    };
    add("--token-file", options.token_file, "FILE",
        "file with the bearer token requests must carry; needed where others than this host can "
        "ask");
    add("--tls-cert", options.tls_cert, "FILE",
        "speak TLS, with the certificate (chain) of this PEM file");
    add("--tls-key", options.tls_key, "FILE", "PEM file of the certificate's private key");
    add("--cors", options.cors, "ORIGINS",
        "origins whose pages may read replies, as https://grafana.example:3000, commas between "
        "them");
}

template void add_access_options(CLI::App& command, api::ServerOptions& options);

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
    add_access_options(command, *this);
}

Result<api::ServerOptions> HttpOptions::check() const {
    if (listen.empty()) {
        for (const auto& [option, value] : {std::pair{"--token-file", &token_file},
                                            {"--tls-cert", &tls_cert},
                                            {"--tls-key", &tls_key},
                                            {"--cors", &cors}})
            if (!value->empty())
                return Error{fmt::format("{} without a server", option), *value,
                             "add --http ADDR:PORT", 2};
        return api::ServerOptions();
    }
    auto parsed = api::parse_address(listen);
    if (!parsed) return parsed.error();
    parsed->token_file = token_file;
    parsed->tls_cert = tls_cert;
    parsed->tls_key = tls_key;
    parsed->cors = cors;
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
