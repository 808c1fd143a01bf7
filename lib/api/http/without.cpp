// Built without Asio, OpenSSL or zlib: nothing is served.
#include "api/http/server.hpp"

namespace lacuna::api {

struct Server::Impl {};

Status check(const ServerOptions&) {
    return Error{"this lacuna was built without the REST server", "", "build it with -Dapi=enabled",
                 2};
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Backend&) {
    return check(options).error();
}

void Server::stop() {}

std::uint16_t Server::port() const {
    return 0;
}

std::string Server::url() const {
    return {};
}

std::string Server::warning() const {
    return {};
}

} // namespace lacuna::api
