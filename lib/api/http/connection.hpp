// One client's connection: its requests, one after another, and their replies; inside lib/api/http
// only.
#pragma once

#include "api/http/transport.hpp"
#include "api/message.hpp"

#include <array>
#include <asio/steady_timer.hpp>
#include <list>
#include <memory>

namespace lacuna::api {

class Connections;

/// The I/O thread's. It lives as long as an operation of its own is under way; Connections holds
/// it as long as it takes a place.
class Connection final : public std::enable_shared_from_this<Connection> {
public:
    /// A request must have come, and a reply must have gone, in this time.
    static constexpr std::chrono::seconds kTimeout{10};
    /// From the last octet of a reply to the end of the connection.
    static constexpr std::chrono::seconds kCloseTimeout{1};

    Connection(Connections& all, asio::ip::tcp::socket socket, asio::ssl::context* tls);

    void begin();
    /// The reply to the request at hand.
    void reply(std::string octets);
    /// As the last thing it hears.
    void refuse(const Problem& problem);
    /// One without end, after its head: `next` is called by a worker, never twice at once.
    void stream(std::string head, NextPiece next);
    /// What `next` appended, and what it returned.
    void stream_piece(std::string piece, std::chrono::milliseconds rest);
    /// The server ends: now, or once the request at hand is answered.
    void end_soon();
    /// Now, whatever is under way.
    void end();

    // Of Connections:
    std::list<Connection*>::iterator place; ///< among those that wait
    bool waits = false;                     ///< for the client: it may have to make room

private:
    enum class State { handshake, reading, serving, sending, streaming, lingering, ended };
    using Error = asio::error_code;
    using Clock = asio::steady_timer::clock_type;

    void await_request();
    void look_at_request();
    void read_more();
    void send(std::string octets, void (Connection::*then)());
    void answered();
    void next_piece();
    void pause();
    void watch_for_end();
    void linger();
    void drain();
    void set_timeout(std::chrono::seconds time);
    void clear_timeout();
    void timed_out();

    /// A handler that keeps the connection alive, and does nothing once it has ended.
    template <typename Handler>
    auto when_done(Handler handler) {
        return [self = shared_from_this(), handler](Error error, auto&&... more) {
            if (self->state_ != State::ended) handler(error, more...);
        };
    }

    Connections& all_;
    Transport transport_;
    asio::steady_timer timer_;
    State state_ = State::reading;
    bool keep_ = true;    ///< for another request, once this one is answered
    bool closed_ = false; ///< the client will send no more
    std::array<char, 4096> buffer_;
    std::string arrived_; ///< not yet taken
    std::string out_;     ///< being sent
    NextPiece next_;
    std::chrono::milliseconds pause_{};
};

} // namespace lacuna::api
