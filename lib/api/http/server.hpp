// The HTTP server: Connections keeps clients in bounds, Service answers.
#pragma once

#include "api/backend/backend.hpp"
#include "api/page.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace lacuna::api {

struct ServerOptions {
    std::string host = "127.0.0.1"; ///< an address, or "localhost"
    std::uint16_t port = 0;         ///< 0: any that is free
    std::string token_file;         ///< empty: none; refused where others than this host may ask
    std::string tls_cert;           ///< PEM file of the certificate (chain); empty: plain HTTP
    std::string tls_key;            ///< PEM file of its private key; with tls_cert, and only then
    std::string cors;               ///< origins whose pages may read replies, as Origins::parse()
    std::span<const PageFile> page; ///< files for a browser; they outlive the server
};

/// "127.0.0.1:9999" or "[::1]:9999". Errors: exit 2.
Result<ServerOptions> parse_address(const std::string& text);

/// Whether only programs of this host can reach the address.
bool is_loopback(const std::string& host);

/// What of the options can be known to be wrong before a server is started; see Server::start().
Status check(const ServerOptions& options);

/// Answers from its construction to stop(). One owner.
class Server {
public:
    /// `backend` outlives the server. Errors: an address that is no loopback without a token file,
    /// a token file, certificate or key of no use, an origin that is none, an unknown or foreign
    /// address (exit 2); a port in use (exit 1).
    static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Backend& backend);
    ~Server();

    /// Ends streams, answers what has been asked, closes. Idempotent.
    void stop();
    std::uint16_t port() const;
    /// "http://127.0.0.1:9999", or "https://..."
    std::string url() const;
    /// What its owner should know: that others can read along. Empty: nothing.
    std::string warning() const;

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lacuna::api
