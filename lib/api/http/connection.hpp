// One client's connection: what has arrived of it and what it is still owed; inside lib/api only.
#pragma once

#include <atomic>
#include <chrono>
#include <httplib.h>
#include <list>
#include <string>

namespace lacuna::api {

/// Belongs to one thread at a time: to the one that waits for all (Connections), or to a worker
/// while it answers a request. To cpp-httplib it is the stream a request is read from and its
/// reply written to; the reply is kept and sent later, so that a slow reader holds up nobody.
class Connection final : public httplib::Stream {
public:
    using Clock = std::chrono::steady_clock;
    /// Longest time a stream of events waits for a client that reads slowly.
    static constexpr std::chrono::milliseconds kStreamPatience{5000};

    /// Takes over `socket`, which must not block.
    explicit Connection(int socket) : socket_(socket) {}
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // The waiting thread.
    enum class State { reading, serving, sending, lingering };
    State state = State::reading;
    Clock::time_point since;                ///< accepted, or last answered
    std::list<Connection*>::iterator place; ///< among those that wait
    std::string arrived;                    ///< not yet taken
    bool watched = false;                   ///< by epoll
    bool keep = true;                       ///< for another request, once this one is answered
    bool ended = false;                     ///< the client will send no more
    std::size_t charged = 0;                ///< octets of `out` in the sum of all

    /// Reads what is there, and whether there will be more. False: the connection is broken.
    bool receive(std::size_t at_most);
    /// Sends what is owed, as much as goes. False: the connection is broken.
    bool flush();
    bool owes() const { return sent_ < out_.size(); }
    std::size_t owed() const { return out_.size() - sent_; }
    /// What is owed from here on.
    void owe(std::string reply) {
        out_ = std::move(reply);
        sent_ = 0;
    }

    // A worker.
    /// The head of the request to be answered.
    void begin(std::string head) {
        head_ = std::move(head);
        taken_ = 0;
    }
    /// From now on what is written goes out at once.
    void stream_on(const std::atomic<bool>& stopping) { stopping_ = &stopping; }
    /// Whether the client has closed its side; never waits.
    bool gone() const;

    // httplib::Stream
    bool is_readable() const override { return taken_ < head_.size(); }
    bool is_writable() const override { return true; }
    ssize_t read(char* to, std::size_t size) override;
    ssize_t write(const char* from, std::size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    int socket() const override { return socket_; }

private:
    bool wait_writable(Clock::time_point until) const;

    const int socket_;
    std::string head_;
    std::size_t taken_ = 0;
    std::string out_;
    std::size_t sent_ = 0;
    const std::atomic<bool>* stopping_ = nullptr; ///< set: streaming
};

} // namespace lacuna::api
