#include "api/http/connections.hpp"

#include "api/http/request_head.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace lacuna::api {
namespace {

constexpr int kTickMs = 100;
/// Sockets taken over before the waiting thread has got round to make room for them.
constexpr std::size_t kArriving = 64;
/// What a client may send ahead of the answers.
constexpr std::size_t kMaxArrived = kMaxHead;

/// Packets go before answers: called by every thread of the server.
void step_back() {
    constexpr int kNiceness = 10;
    thread_local bool done = false;
    if (std::exchange(done, true)) return;
    setpriority(PRIO_PROCESS, 0, kNiceness); // of this thread alone
    pthread_setname_np(pthread_self(), "lacuna-http");
}

const Problem kBusy{503, "too many requests at once; try again", ""};

} // namespace

std::string on_the_wire(const Reply& reply) {
    std::string out =
        fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                    "Connection: close\r\n",
                    reply.status, reason_phrase(reply.status), reply.type, reply.body.size());
    for (const auto& [name, value] : reply.fields)
        out += name + ": " + value + "\r\n";
    return out + "\r\n" + reply.body;
}

Connections::Connections(const Limits& limits, Serve serve)
    : limits_(limits), serve_(std::move(serve)), epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      workers_(std::make_unique<httplib::ThreadPool>(limits.workers)) {
    epoll_event event{EPOLLIN, {nullptr}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
    waiter_ = std::thread([this] { wait_for_all(); });
}

Connections::~Connections() {
    workers_->shutdown();
    stop_ = true;
    wake();
    waiter_.join();
    for (const int socket : arrived_)
        close(socket);
    close(wake_);
    close(epoll_);
}

void Connections::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = write(wake_, &one, sizeof one); // full: it wakes anyway
}

void Connections::adopt(int socket) {
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
    if (open_.fetch_add(1) >= limits_.places + kArriving) {
        static const std::string busy = on_the_wire(problem_reply(kBusy, ""));
        [[maybe_unused]] const ssize_t n = send(socket, busy.data(), busy.size(), MSG_NOSIGNAL);
        close(socket);
        --open_;
        return;
    }
    const std::lock_guard lock(mutex_);
    arrived_.push_back(socket);
    wake();
}

void Connections::wait_for_all() {
    step_back();
    std::array<epoll_event, 64> events;
    while (!stop_) {
        const int n = epoll_wait(epoll_, events.data(), events.size(), kTickMs);
        for (int i = 0; i < n; ++i) {
            auto* c = static_cast<Connection*>(events[i].data.ptr);
            if (c == nullptr) {
                std::uint64_t count = 0;
                [[maybe_unused]] const ssize_t got = read(wake_, &count, sizeof count);
            } else if (all_.contains(c)) { // not dropped by an event before
                on_ready(*c, (events[i].events & (EPOLLERR | EPOLLHUP)) != 0);
            }
        }
        take_back();
        end_overdue();
    }
}

/// New connections, and those a worker is done with.
void Connections::take_back() {
    std::vector<int> arrived;
    std::vector<Connection*> served;
    {
        const std::lock_guard lock(mutex_);
        arrived.swap(arrived_);
        served.swap(served_);
    }
    for (Connection* c : served) {
        --serving_;
        wait_from_now(*c);
        send_reply(*c);
    }
    for (const int socket : arrived)
        admit(socket);
}

void Connections::admit(int socket) {
    if (all_.size() >= limits_.places) make_room();
    auto owner = std::make_unique<Connection>(socket);
    Connection* const c = owner.get();
    all_.emplace(c, std::move(owner));
    wait_from_now(*c);
    if (!watch(*c, EPOLLIN)) drop(*c);
}

/// Requests being answered stay; there are few of them.
void Connections::make_room() {
    if (!waiting_.empty()) drop(*waiting_.front());
}

void Connections::wait_from_now(Connection& c) {
    c.since = Clock::now();
    c.place = waiting_.insert(waiting_.end(), &c);
}

bool Connections::watch(Connection& c, std::uint32_t events) {
    epoll_event event{events, {&c}};
    const int change = std::exchange(c.watched, true) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    return epoll_ctl(epoll_, change, c.socket(), &event) == 0;
}

/// Even what is watched for nothing is told of when the client hangs up, again and again.
void Connections::watch_not(Connection& c) {
    if (std::exchange(c.watched, false)) epoll_ctl(epoll_, EPOLL_CTL_DEL, c.socket(), nullptr);
}

/// `c` waits.
void Connections::drop(Connection& c) {
    waiting_.erase(c.place);
    owed_ -= c.charged;
    all_.erase(&c); // closing takes it out of epoll
    --open_;
}

void Connections::on_ready(Connection& c, bool hung_up) {
    switch (c.state) {
    case Connection::State::reading:
        if (hung_up || !c.receive(kMaxArrived)) return drop(c);
        return look_at_request(c);
    case Connection::State::sending:
        return send_reply(c);
    case Connection::State::lingering:
        c.arrived.clear();
        if (hung_up || !c.receive(kMaxArrived) || c.ended) drop(c);
        return;
    case Connection::State::serving:
        return; // not watched
    }
}

void Connections::look_at_request(Connection& c) {
    const Head head = inspect_head(c.arrived);
    if (head.refused) return refuse(c, *head.refused);
    if (head.size == 0) return c.ended || !watch(c, EPOLLIN) ? drop(c) : void();
    if (serving_ >= limits_.workers + limits_.queue || owed_ > limits_.owed)
        return refuse(c, kBusy);
    dispatch(c, head.size);
}

void Connections::dispatch(Connection& c, std::size_t head_size) {
    waiting_.erase(c.place);
    watch_not(c);
    c.state = Connection::State::serving;
    c.begin(without_ranges(std::string_view(c.arrived).substr(0, head_size)));
    c.arrived.erase(0, head_size);
    ++serving_;
    workers_->enqueue([this, &c] { work(c); });
}

/// A worker's thread.
void Connections::work(Connection& c) {
    step_back();
    c.keep = serve_(c) && !c.ended;
    const std::lock_guard lock(mutex_);
    served_.push_back(&c);
    wake();
}

void Connections::refuse(Connection& c, const Problem& problem) {
    c.keep = false;
    c.owe(on_the_wire(problem_reply(problem, "")));
    send_reply(c);
}

/// `c` waits. Sends what it is owed; then the next request, or the end.
void Connections::send_reply(Connection& c) {
    if (!c.flush()) return drop(c);
    recharge(c);
    if (c.owes()) {
        c.state = Connection::State::sending;
        return watch(c, EPOLLOUT) ? void() : drop(c);
    }
    if (c.keep) {
        c.state = Connection::State::reading;
        return look_at_request(c); // it may have come already
    }
    linger(c);
}

/// What has arrived unread would make the kernel reset the connection, and the reply be lost.
void Connections::linger(Connection& c) {
    c.state = Connection::State::lingering;
    shutdown(c.socket(), SHUT_WR);
    waiting_.erase(c.place);
    wait_from_now(c);
    if (!watch(c, EPOLLIN)) drop(c);
}

void Connections::recharge(Connection& c) {
    owed_ = owed_ - c.charged + c.owed();
    c.charged = c.owed();
}

void Connections::end_overdue() {
    const auto now = Clock::now();
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        Connection& c = **it;
        const bool lingers = c.state == Connection::State::lingering;
        const auto patience = lingers ? kLinger : kPatience;
        if (now - c.since < std::min(kPatience, kLinger)) break; // and all behind it
        ++it;
        if (now - c.since < patience) continue;
        if (c.state == Connection::State::reading && !c.arrived.empty())
            refuse(c, {408, "the request did not come to an end in time", ""});
        else
            drop(c);
    }
}

} // namespace lacuna::api
