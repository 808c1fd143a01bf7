#include "api/http/connections.hpp"

#include "api/http/response.hpp"

#include <asio/post.hpp>
#include <pthread.h>
#include <sys/resource.h>

namespace lacuna::api {
namespace {

constexpr int kBacklog = 511;
/// Before accepting again where it failed: no file can be opened at present.
constexpr std::chrono::milliseconds kPause{100};
/// At the end, for replies on their way.
constexpr std::chrono::seconds kStopTimeout{1};

/// Packets go before answers: called by every thread of the server.
void lower_priority() {
    constexpr int kNiceness = 10;
    thread_local bool done = false;
    if (std::exchange(done, true)) return;
    setpriority(PRIO_PROCESS, 0, kNiceness); // of this thread alone
    pthread_setname_np(pthread_self(), "lacuna-http");
}

} // namespace

Connections::Connections(const Limits& limits, asio::ssl::context* tls, Serve serve)
    : limits_(limits), tls_(tls), serve_(std::move(serve)), workers_(limits.workers),
      stream_workers_(limits.stream_workers) {}

Connections::~Connections() {
    if (!io_thread_.joinable()) return;
    asio::post(io_, [this] { stop(); });
    io_thread_.join();
    workers_.join();
    stream_workers_.join();
}

asio::error_code Connections::listen(const asio::ip::tcp::endpoint& where) {
    asio::error_code error;
    asio::ip::tcp::acceptor acceptor(io_);
    acceptor.open(where.protocol(), error);
    // Not SO_REUSEPORT: one more server on the same port is a mistake, not a wish.
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(where, error);
    if (!error) acceptor.listen(kBacklog, error);
    if (error) return error;
    acceptor_ = std::move(acceptor);
    accept();
    io_thread_ = std::thread([this] {
        lower_priority();
        io_.run();
    });
    return error;
}

std::uint16_t Connections::port() const {
    asio::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
}

void Connections::accept() {
    acceptor_.async_accept([this](asio::error_code error, asio::ip::tcp::socket socket) {
        if (stopping_) return;
        if (!error) {
            admit(std::move(socket));
            return accept();
        }
        timer_.expires_after(kPause);
        timer_.async_wait([this](asio::error_code) {
            if (!stopping_) accept();
        });
    });
}

void Connections::admit(asio::ip::tcp::socket socket) {
    // Requests being answered stay; there are few of them.
    if (all_.size() >= limits_.places && !waiting_.empty()) waiting_.front()->end();
    if (all_.size() >= limits_.places) return;
    asio::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto c = std::make_shared<Connection>(*this, std::move(socket), tls_);
    all_.emplace(c.get(), c);
    c->begin();
}

void Connections::wait_for_client(Connection& c) {
    wait_no_more(c);
    c.place = waiting_.insert(waiting_.end(), &c);
    c.waits = true;
}

void Connections::wait_no_more(Connection& c) {
    if (std::exchange(c.waits, false)) waiting_.erase(c.place);
}

void Connections::remove(Connection& c) {
    wait_no_more(c);
    all_.erase(&c);
    if (stopping_ && all_.empty()) timer_.cancel();
}

bool Connections::serve(std::shared_ptr<Connection> c, Request request, bool keep) {
    if (serving_ >= limits_.workers + limits_.queue || unsent_ > limits_.unsent) return false;
    ++serving_;
    asio::post(workers_, [this, c = std::move(c), request = std::move(request), keep]() mutable {
        lower_priority();
        Answer result = serve_(request, keep);
        asio::post(io_, [this, c = std::move(c), result = std::move(result)]() mutable {
            --serving_;
            answer(*c, std::move(result));
        });
    });
    return true;
}

void Connections::answer(Connection& c, Answer answer) {
    if (!answer.next) return c.reply(std::move(answer.octets));
    if (stopping_) return c.end();
    if (streams_ >= limits_.streams) return c.refuse({503, "too many streams at once", ""});
    ++streams_;
    c.stream(std::move(answer.octets), std::move(answer.next));
}

void Connections::ask_for_piece(std::shared_ptr<Connection> c, const NextPiece& next) {
    asio::post(stream_workers_, [this, c = std::move(c), &next]() mutable {
        lower_priority();
        std::string piece;
        const auto rest = next(piece);
        asio::post(io_, [c = std::move(c), piece = std::move(piece), rest]() mutable {
            c->stream_piece(std::move(piece), rest);
        });
    });
}

void Connections::stop() {
    stopping_ = true;
    asio::error_code ignored;
    acceptor_.close(ignored);
    const auto all = all_; // it shrinks meanwhile
    for (const auto& [c, owner] : all)
        c->end_soon();
    timer_.expires_after(all_.empty() ? std::chrono::seconds(0) : kStopTimeout);
    timer_.async_wait([this](asio::error_code) { io_.stop(); });
}

} // namespace lacuna::api
