#include "api/http/connection.hpp"

#include "api/http/connections.hpp"
#include "api/http/request_head.hpp"
#include "api/http/response.hpp"

#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace lacuna::api {
namespace {

bool speaks_plain_http(const asio::error_code& error) {
    return error.category() == asio::error::get_ssl_category()
           && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

} // namespace

Connection::Connection(Connections& all, asio::ip::tcp::socket socket, asio::ssl::context* tls)
    : all_(all), transport_(std::move(socket), tls), timer_(all.io()) {}

void Connection::begin() {
    if (!transport_.has_tls()) return await_request();
    state_ = State::handshake;
    all_.wait_for_client(*this);
    set_timeout(kTimeout);
    transport_.handshake(when_done([this](Error error) {
        if (!error) return await_request();
        if (!speaks_plain_http(error)) return end();
        transport_.drop_tls();
        refuse({400, "this port speaks TLS: the address begins with https://", ""});
    }));
}

void Connection::set_timeout(std::chrono::seconds time) {
    timer_.expires_after(time);
    timer_.async_wait(when_done([this](Error error) {
        if (!error && timer_.expiry() <= Clock::now())
            timed_out(); // else it was set anew meanwhile
    }));
}

void Connection::clear_timeout() {
    timer_.expires_at(Clock::time_point::max());
}

void Connection::timed_out() {
    if (state_ != State::reading || arrived_.empty()) return end();
    refuse({408, "the request did not come to an end in time", ""});
}

void Connection::await_request() {
    state_ = State::reading;
    all_.wait_for_client(*this);
    set_timeout(kTimeout);
    look_at_request(); // it may have come already
}

void Connection::look_at_request() {
    Head head = inspect_head(arrived_);
    if (head.refused) return refuse(*head.refused);
    if (head.size == 0) return closed_ ? end() : read_more();
    arrived_.erase(0, head.size);
    keep_ = head.keep && !closed_;
    clear_timeout();
    all_.wait_no_more(*this);
    state_ = State::serving;
    if (!all_.serve(shared_from_this(), std::move(head.request), keep_))
        refuse({503, "too many requests at once; try again", ""});
}

void Connection::read_more() {
    transport_.read_some(asio::buffer(buffer_), when_done([this](Error error, std::size_t n) {
                             if (state_ != State::reading) return; // refused meanwhile: timed out
                             if (error && error != asio::error::eof
                                 && error != asio::ssl::error::stream_truncated)
                                 return end();
                             closed_ = static_cast<bool>(error);
                             arrived_.append(buffer_.data(), n);
                             look_at_request();
                         }));
}

void Connection::refuse(const Problem& problem) {
    keep_ = false;
    reply(on_the_wire(problem_reply(problem, ""), {}, keep_));
}

void Connection::reply(std::string octets) {
    if (state_ == State::ended) return;
    send(std::move(octets), &Connection::answered);
}

/// Waits for the client to take it all, then goes on with `then`.
void Connection::send(std::string octets, void (Connection::*then)()) {
    if (state_ != State::streaming) {
        state_ = State::sending;
        all_.wait_for_client(*this);
    }
    out_ = std::move(octets);
    all_.add_unsent(out_.size());
    set_timeout(kTimeout);
    transport_.write(
        asio::buffer(out_), [self = shared_from_this(), then](Error error, std::size_t) {
            self->all_.remove_unsent(self->out_.size());
            self->out_ = {}; // a page of many rows is not kept for a client that may only idle
            if (self->state_ == State::ended) return;
            error ? self->end() : (*self.*then)();
        });
}

void Connection::answered() {
    keep_ ? await_request() : linger();
}

void Connection::stream(std::string head, NextPiece next) {
    if (state_ == State::ended) return all_.stream_ended();
    state_ = State::streaming;
    next_ = std::move(next);
    watch_for_end();
    send(std::move(head), &Connection::next_piece);
}

void Connection::next_piece() {
    clear_timeout();
    all_.ask_for_piece(shared_from_this(), next_);
}

void Connection::stream_piece(std::string piece, std::chrono::milliseconds rest) {
    if (state_ == State::ended) return;
    pause_ = rest;
    piece.empty() ? pause() : send(std::move(piece), &Connection::pause);
}

void Connection::pause() {
    if (pause_.count() == 0) return next_piece();
    timer_.expires_after(pause_);
    timer_.async_wait(when_done([this](Error error) {
        if (!error) next_piece();
    }));
}

/// A client that has closed its side has seen enough.
void Connection::watch_for_end() {
    transport_.read_some(asio::buffer(buffer_), when_done([this](Error error, std::size_t) {
                             error ? end() : watch_for_end();
                         }));
}

/// What has arrived unread would make the kernel reset the connection, and the reply be lost.
void Connection::linger() {
    state_ = State::lingering;
    all_.wait_for_client(*this);
    set_timeout(kCloseTimeout);
    const auto half_close = [this](Error) {
        transport_.send_no_more();
        drain();
    };
    transport_.has_tls() ? transport_.end_tls(when_done(half_close)) : half_close({});
}

void Connection::drain() {
    transport_.drain_some(asio::buffer(buffer_),
                          when_done([this](Error error, std::size_t) { error ? end() : drain(); }));
}

void Connection::end_soon() {
    keep_ = false;
    if (state_ != State::serving && state_ != State::sending) end();
}

void Connection::end() {
    if (state_ == State::ended) return;
    const bool streamed = state_ == State::streaming;
    state_ = State::ended;
    timer_.cancel();
    transport_.close();
    if (streamed) all_.stream_ended();
    all_.remove(*this);
}

} // namespace lacuna::api
