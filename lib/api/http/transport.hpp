// A client's socket, with TLS or without; inside lib/api/http only.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/write.hpp>
#include <optional>

namespace lacuna::api {

/// The operations a connection needs, the same for both. The I/O thread's.
class Transport {
public:
    /// `tls` outlives it; null: plain TCP.
    Transport(asio::ip::tcp::socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
        if (tls != nullptr) tls_.emplace(socket_, *tls);
    }

    bool has_tls() const { return tls_.has_value(); }
    /// From here on in clear text.
    void drop_tls() { tls_.reset(); }

    /// done(error_code)
    template <typename Done>
    void handshake(Done done) {
        tls_->async_handshake(asio::ssl::stream_base::server, std::move(done));
    }
    /// done(error_code, bytes)
    template <typename Done>
    void read_some(asio::mutable_buffer to, Done done) {
        tls_ ? tls_->async_read_some(to, std::move(done))
             : socket_.async_read_some(to, std::move(done));
    }
    /// Writes all of it: done(error_code, bytes)
    template <typename Done>
    void write(asio::const_buffer from, Done done) {
        tls_ ? asio::async_write(*tls_, from, std::move(done))
             : asio::async_write(socket_, from, std::move(done));
    }
    /// Tells the client that TLS ends here (RFC 8446 6.1): done(error_code)
    template <typename Done>
    void end_tls(Done done) {
        tls_->async_shutdown(std::move(done));
    }
    /// What arrives below TLS, for who only wants to see the end of it: done(error_code, bytes)
    template <typename Done>
    void drain_some(asio::mutable_buffer to, Done done) {
        socket_.async_read_some(to, std::move(done));
    }
    void send_no_more() {
        asio::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
    /// Whatever is under way ends with an error.
    void close() {
        asio::error_code ignored;
        socket_.close(ignored);
    }

private:
    asio::ip::tcp::socket socket_;
    std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
};

} // namespace lacuna::api
