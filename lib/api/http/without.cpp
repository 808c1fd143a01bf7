// Built without cpp-httplib: nothing is served.
#include "api/http/server.hpp"

namespace lacuna::api {

struct Server::Impl {};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions&, Backend&) {
    return Error{"this lacuna was built without the REST server", "", "build it with -Dapi=enabled",
                 2};
}

void Server::stop() {}

std::uint16_t Server::port() const {
    return 0;
}

std::string Server::url() const {
    return {};
}

} // namespace lacuna::api
