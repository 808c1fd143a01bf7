// The thread that empties the workers' mailboxes.
#pragma once

#include "flow/mailbox.hpp"
#include "store/write/sink.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace lacuna::store {

/// Drains mailboxes into sinks in batches, from its construction to stop(). Workers are never
/// waited for and never wait longer than it takes to empty a mailbox: after an error the spiller
/// goes on draining and counts what it could not store.
/// Mailboxes and sinks outlive it. stop() and the constructor's thread: one owner.
class Spiller {
public:
    Spiller(std::vector<flow::Mailbox*> mailboxes, std::vector<Sink*> sinks);
    ~Spiller();
    Spiller(const Spiller&) = delete;
    Spiller& operator=(const Spiller&) = delete;

    /// Drains what is left and ends the thread. The first error of any sink, if there was one.
    /// The mailboxes' writers must have stopped. Idempotent.
    Status stop();

    /// Records no sink took. Any thread.
    std::uint64_t not_stored() const { return not_stored_; }

private:
    void run();
    std::size_t drain();
    void keep(const Status& status, std::size_t records);

    std::vector<flow::Mailbox*> mailboxes_;
    std::vector<Sink*> sinks_;
    std::vector<flow::Event> events_;
    std::vector<flow::SaSummary> summaries_;
    std::vector<flow::Sample> samples_;
    Status first_error_;
    std::atomic<std::uint64_t> not_stored_{0};
    std::mutex mutex_; ///< guards stop_; nothing on the data path takes it
    std::condition_variable wake_;
    bool stop_ = false;
    std::thread thread_;
};

} // namespace lacuna::store
