#include "api/http/server.hpp"

#include "api/http/connections.hpp"
#include "api/http/response.hpp"
#include "api/http/tls.hpp"
#include "api/service.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/resource.h>
#include <utility>

namespace lacuna::api {
namespace {

using asio::ip::tcp;

/// Descriptors the rest of the program keeps for itself.
constexpr std::size_t kOtherFiles = 512;

/// The limit on open files goes up as far as it may; places for clients are what then remains.
std::size_t places() {
    const Connections::Limits usual;
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return usual.places / 4;
    const rlim_t wanted = 4 * (usual.places + kOtherFiles);
    if (files.rlim_cur < wanted) {
        files.rlim_cur = std::min(wanted, files.rlim_max);
        setrlimit(RLIMIT_NOFILE, &files);
    }
    const std::size_t left = files.rlim_cur > kOtherFiles ? files.rlim_cur - kOtherFiles : 0;
    return std::clamp<std::size_t>(left / 2, 16, usual.places);
}

Connections::Limits limits() {
    Connections::Limits l;
    l.places = places();
    return l;
}

std::string at(const ServerOptions& options) {
    const bool v6 = options.host.find(':') != std::string::npos;
    return (v6 ? "[" + options.host + "]" : options.host) + fmt::format(":{}", options.port);
}

Error bind_error(const ServerOptions& options, int number) {
    switch (number) {
    case EADDRINUSE:
        return {"the port is in use", at(options), "choose another, or 0 for any that is free", 1};
    case EACCES:
        return {"only root may listen there", at(options), "choose a port above 1023", 2};
    case EADDRNOTAVAIL:
        return {"this host does not have the address", at(options), "", 2};
    default:
        return {std::strerror(number), at(options), "", 2};
    }
}

} // namespace

Status check(const ServerOptions& options) {
    if (options.tls_cert.empty() != options.tls_key.empty())
        return Error{options.tls_key.empty() ? "a certificate without its key"
                                             : "a key without its certificate",
                     options.tls_key.empty() ? options.tls_cert : options.tls_key,
                     "--tls-cert FILE and --tls-key FILE go together", 2};
    if (!options.tls_cert.empty())
        if (const auto tls = tls_context(options.tls_cert, options.tls_key); !tls)
            return tls.error();
    if (const auto origins = Origins::parse(options.cors); !origins) return origins.error();
    if (!options.token_file.empty()) {
        const auto token = read_token(options.token_file);
        return token ? Status() : Status(token.error());
    }
    if (is_loopback(options.host)) return {};
    return Error{"others than this host could ask here without a token", options.host,
                 "add --token-file FILE, or listen on 127.0.0.1", 2};
}

struct Server::Impl {
    ServerOptions options;
    Service service;
    std::unique_ptr<asio::ssl::context> tls; ///< null: plain HTTP
    std::optional<Connections> connections;

    Impl(ServerOptions o, Backend& backend, std::string token, Origins origins)
        : options(std::move(o)),
          service(backend, std::move(token), options.page, std::move(origins)) {}

    Answer answer(const Request& request, bool keep) {
        Reply reply = service.answer(request);
        NextPiece next = request.method == "HEAD" ? nullptr : reply.stream;
        return {on_the_wire(std::move(reply), request, keep), std::move(next)};
    }

    Status listen() {
        connections.emplace(limits(), tls.get(), [this](const Request& request, bool keep) {
            return answer(request, keep);
        });
        asio::error_code error;
        const auto places =
            tcp::resolver(connections->io())
                .resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
        if (error || places.empty())
            return Error{"not an address", at(options), "127.0.0.1 is the usual one", 2};
        for (const auto& place : places) {
            error = connections->listen(place.endpoint());
            if (!error) break;
        }
        if (error) return bind_error(options, error.value());
        options.port = connections->port();
        return {};
    }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Backend& backend) {
    if (Status s = check(options); !s) return s.error();
    std::string token;
    if (!options.token_file.empty()) {
        auto read = read_token(options.token_file);
        if (!read) return read.error();
        token = std::move(*read);
    }
    auto origins = Origins::parse(options.cors);
    if (!origins) return origins.error();
    auto impl = std::make_unique<Impl>(options, backend, std::move(token), std::move(*origins));
    if (!options.tls_cert.empty()) {
        auto tls = tls_context(options.tls_cert, options.tls_key);
        if (!tls) return tls.error();
        impl->tls = std::move(*tls);
    }
    if (Status s = impl->listen(); !s) return s.error();
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::stop() {
    impl_->connections.reset();
}

std::uint16_t Server::port() const {
    return impl_->options.port;
}

std::string Server::url() const {
    return (impl_->tls ? "https://" : "http://") + at(impl_->options);
}

std::string Server::warning() const {
    if (impl_->tls || is_loopback(impl_->options.host)) return {};
    return "warning: without --tls-cert and --tls-key token and replies cross the network in clear "
           "text";
}

} // namespace lacuna::api
