// All clients of a server: who waits, who is answered, who has waited too long; inside lib/api
// only.
#pragma once

#include "api/http/connection.hpp"
#include "api/message.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace lacuna::api {

/// One thread waits for all connections at once (epoll); a request goes to a worker only when its
/// head has come whole, and a reply is sent on by the waiting thread. So a slow client costs a
/// place and no thread. Everything is bounded:
/// - places: when all are taken, the connection that has waited longest makes room;
/// - time: a request must have come, and a reply must have gone, within kPatience;
/// - requests that wait for a worker, and octets owed to all clients: beyond, 503.
class Connections {
public:
    using Clock = Connection::Clock;
    static constexpr std::chrono::seconds kPatience{10};
    static constexpr std::chrono::seconds kLinger{1};

    struct Limits {
        std::size_t places = 1024;
        std::size_t workers = 4;
        std::size_t queue = 128;      ///< requests that wait for a worker
        std::size_t owed = 64u << 20; ///< octets of replies not yet sent
    };
    /// Writes the reply to the request at hand into the connection. False: it was the last of this
    /// connection. Called by several workers at once.
    using Serve = std::function<bool(Connection&)>;

    Connections(const Limits& limits, Serve serve);
    /// Waits for the workers; whatever streams must have been told to end.
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// Takes over a socket. Any thread.
    void adopt(int socket);

private:
    using Waiting = std::list<Connection*>;

    void wait_for_all();
    void admit(int socket);
    void on_ready(Connection& c, bool hung_up);
    void look_at_request(Connection& c);
    void dispatch(Connection& c, std::size_t head_size);
    void work(Connection& c);
    void send_reply(Connection& c);
    void refuse(Connection& c, const Problem& problem);
    void take_back();
    void end_overdue();
    void make_room();
    bool watch(Connection& c, std::uint32_t events);
    void watch_not(Connection& c);
    void wait_from_now(Connection& c);
    void linger(Connection& c);
    void recharge(Connection& c);
    void drop(Connection& c);
    void wake() const;

    const Limits limits_;
    const Serve serve_;
    const int epoll_;
    const int wake_; ///< eventfd

    // The waiting thread only.
    std::unordered_map<Connection*, std::unique_ptr<Connection>> all_;
    Waiting waiting_; ///< not being served; longest first
    std::size_t serving_ = 0;
    std::size_t owed_ = 0;

    std::mutex mutex_; ///< guards the next two
    std::vector<int> arrived_;
    std::vector<Connection*> served_;
    std::atomic<std::size_t> open_{0}; ///< sockets taken over and not yet closed
    std::atomic<bool> stop_{false};
    std::unique_ptr<httplib::TaskQueue> workers_;
    std::thread waiter_;
};

/// A reply with its status line and header, as it goes over the wire; for those cpp-httplib does
/// not get to see.
std::string on_the_wire(const Reply& reply);

} // namespace lacuna::api
