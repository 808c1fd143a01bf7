// All clients of a server, in bounds: who waits, who is answered, who makes room; inside
// lib/api/http only.
#pragma once

#include "api/http/connection.hpp"

#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>
#include <functional>
#include <thread>
#include <unordered_map>

namespace lacuna::api {

/// What goes back to a client: a whole reply; or the head of one without end, and what makes the
/// rest of it.
struct Answer {
    std::string octets;
    NextPiece next;
};

/// One thread does all input and output; a request goes to a worker only when its head has come
/// whole. So a slow client costs a place and no thread. Everything is bounded:
/// - places: when all are taken, the connection that has waited longest for its client makes room;
/// - time: see Connection;
/// - requests that wait for a worker, and bytes not yet sent: beyond, 503;
/// - streams: beyond, 503. They have workers of their own.
class Connections {
public:
    struct Limits {
        std::size_t places = 1024;
        std::size_t workers = 4;
        std::size_t queue = 128;        ///< requests that wait for a worker
        std::size_t unsent = 64u << 20; ///< bytes of replies not yet sent
        std::size_t streams = 16;
        std::size_t stream_workers = 2;
    };
    /// Called by several workers at once. `keep`: the connection goes on.
    using Serve = std::function<Answer(const Request&, bool keep)>;

    /// `tls`: null for plain HTTP; outlives it.
    Connections(const Limits& limits, asio::ssl::context* tls, Serve serve);
    /// Ends streams, answers what has been asked, closes; whoever is slow then is not waited for.
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// Takes connections at `where` from now on; after an error another one may be tried.
    asio::error_code listen(const asio::ip::tcp::endpoint& where);
    /// Where it listens.
    std::uint16_t port() const;

    // For Connection, on the I/O thread.
    asio::io_context& io() { return io_; }
    void wait_for_client(Connection& c);
    void wait_no_more(Connection& c);
    /// False: there are too many requests already.
    bool serve(std::shared_ptr<Connection> c, Request request, bool keep);
    void ask_for_piece(std::shared_ptr<Connection> c, const NextPiece& next);
    void add_unsent(std::size_t bytes) { unsent_ += bytes; }
    void remove_unsent(std::size_t bytes) { unsent_ -= bytes; }
    void stream_ended() { --streams_; }
    void remove(Connection& c);

private:
    void accept();
    void admit(asio::ip::tcp::socket socket);
    void answer(Connection& c, Answer answer);
    void stop();

    const Limits limits_;
    asio::ssl::context* const tls_;
    const Serve serve_;
    asio::io_context io_{1}; ///< outlives what waits in it
    asio::ip::tcp::acceptor acceptor_{io_};
    asio::steady_timer timer_{io_}; ///< before accepting again, and at the end

    // The I/O thread's.
    std::unordered_map<Connection*, std::shared_ptr<Connection>> all_;
    std::list<Connection*> waiting_; ///< for their clients; longest first
    std::size_t serving_ = 0;
    std::size_t unsent_ = 0;
    std::size_t streams_ = 0;
    bool stopping_ = false;

    asio::thread_pool workers_;
    asio::thread_pool stream_workers_;
    std::thread io_thread_;
};

} // namespace lacuna::api
