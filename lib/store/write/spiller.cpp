#include "store/write/spiller.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

constexpr std::size_t kEventBatch = 8192;
constexpr std::size_t kSummaryBatch = 512;
constexpr std::size_t kSampleBatch = 4096;
/// Where little comes it is worth waiting for more: a batch of one costs as much as one of many.
constexpr std::chrono::milliseconds kPause{1};
constexpr std::chrono::milliseconds kLongPause{16};
constexpr std::size_t kMuch = 4096; ///< records at a time

} // namespace

Spiller::Spiller(std::vector<flow::Mailbox*> mailboxes, std::vector<Sink*> sinks)
    : mailboxes_(std::move(mailboxes)), sinks_(std::move(sinks)), events_(kEventBatch),
      summaries_(kSummaryBatch), samples_(kSampleBatch), thread_([this] { run(); }) {}

Spiller::~Spiller() {
    (void)stop();
}

Status Spiller::stop() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    return first_error_;
}

void Spiller::keep(const Status& status, std::size_t records) {
    if (status) return;
    not_stored_ += records;
    if (first_error_) first_error_ = status;
}

std::size_t Spiller::drain() {
    std::size_t taken = 0;
    for (flow::Mailbox* box : mailboxes_) {
        // Events first: a row's final summary then finds them stored.
        if (const std::size_t n = box->events.pop(events_.data(), events_.size()); n != 0) {
            for (Sink* sink : sinks_)
                keep(sink->put_events({events_.data(), n}), n);
            taken += n;
        }
        if (const std::size_t n = box->samples.pop(samples_.data(), samples_.size()); n != 0) {
            for (Sink* sink : sinks_)
                keep(sink->put_samples({samples_.data(), n}), n);
            taken += n;
        }
        if (const std::size_t n = box->summaries.pop(summaries_.data(), summaries_.size());
            n != 0) {
            for (Sink* sink : sinks_)
                keep(sink->put_summaries({summaries_.data(), n}), n);
            taken += n;
        }
    }
    return taken;
}

void Spiller::run() {
    auto pause = kPause;
    std::unique_lock lock(mutex_);
    for (;;) {
        const bool last = stop_;
        lock.unlock();
        std::size_t taken = 0;
        while (const std::size_t n = drain())
            taken += n;
        pause = taken >= kMuch ? kPause : std::min(2 * pause, kLongPause);
        lock.lock();
        if (last) return;
        wake_.wait_for(lock, pause, [this] { return stop_; });
    }
}

} // namespace lacuna::store
