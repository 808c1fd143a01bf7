#include "api/http/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lacuna::api {

Connection::~Connection() {
    close(socket_);
}

bool Connection::receive(std::size_t at_most) {
    char buffer[4096];
    while (!ended && arrived.size() < at_most) {
        const ssize_t n =
            recv(socket_, buffer, std::min(sizeof buffer, at_most - arrived.size()), 0);
        if (n > 0)
            arrived.append(buffer, static_cast<std::size_t>(n));
        else if (n == 0)
            ended = true;
        else if (errno != EINTR)
            return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    return true;
}

bool Connection::flush() {
    while (owes()) {
        const ssize_t n = send(socket_, out_.data() + sent_, owed(), MSG_NOSIGNAL);
        if (n >= 0)
            sent_ += static_cast<std::size_t>(n);
        else if (errno != EINTR)
            return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    out_.clear();
    out_.shrink_to_fit(); // a page of many rows is not kept for a client that may only idle
    sent_ = 0;
    return true;
}

bool Connection::gone() const {
    char octet;
    const ssize_t n = recv(socket_, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

ssize_t Connection::read(char* to, std::size_t size) {
    const std::size_t n = std::min(size, head_.size() - taken_);
    std::memcpy(to, head_.data() + taken_, n);
    taken_ += n;
    return static_cast<ssize_t>(n);
}

ssize_t Connection::write(const char* from, std::size_t size) {
    out_.append(from, size);
    if (stopping_ == nullptr) return static_cast<ssize_t>(size);
    const auto until = Clock::now() + kStreamPatience;
    while (flush() && owes())
        if (*stopping_ || !wait_writable(until)) return -1;
    return owes() ? -1 : static_cast<ssize_t>(size);
}

bool Connection::wait_writable(Clock::time_point until) const {
    constexpr int kStepMs = 100;
    if (Clock::now() >= until) return false;
    pollfd p{socket_, POLLOUT, 0};
    poll(&p, 1, kStepMs);
    return true;
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
    ip.clear(); // nobody asks
    port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
}

} // namespace lacuna::api
