// What a run stores while it lives: its totals, the summaries of the rows in use, room for more.
#pragma once

#include "flow/request_slot.hpp"
#include "store/records/store_figures.hpp"
#include "store/write/writer.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace lacuna::store {

/// How the spill watches a run. Each function is called by the spill's thread.
struct RunWatch {
    /// The figures so far; an error where they cannot be had now.
    std::function<Result<flow::RunFigures>()> figures;
    /// Records that were lost before they were stored.
    std::function<std::uint64_t()> not_stored;
    std::vector<flow::RequestSlot*> request_slots; ///< of all workers
};

struct LiveSpillOptions {
    std::chrono::nanoseconds interval{std::chrono::seconds{1}};
    std::size_t rows = 20'000; ///< summaries an interval at most
    /// After a failure the store is opened again once it can be written; else nothing more is.
    bool resume = false;
    /// Told what a person should know, a line each.
    std::function<void(const std::string&)> say = [](const std::string&) {};
};

/// Threads of its own, from construction to stop(): one writes the run's record every interval and
/// the summaries of rows that changed, in turns, at a bounded rate; with limits, another keeps to
/// them. No worker waits for either. `writer` may wait until there is a store, and gives nullptr if
/// there will be none; each thread calls it once. What it gives and what `watch` asks outlive the
/// spill. One owner; figures() from any thread.
class LiveSpill {
public:
    LiveSpill(std::function<StoreWriter*()> writer, RunRecord record, RunWatch watch,
              LiveSpillOptions options, bool limited);
    ~LiveSpill() { stop(); }
    LiveSpill(const LiveSpill&) = delete;
    LiveSpill& operator=(const LiveSpill&) = delete;

    /// Idempotent.
    void stop();
    StoreFigures figures() const;

private:
    using Clock = std::chrono::steady_clock;

    void run(const std::function<StoreWriter*()>& writer);
    void tend_limits(StoreWriter* writer);
    bool wait(std::chrono::nanoseconds time);
    void tick();
    bool writable();
    void note_drops();
    void note_outages();
    void spill_rows();
    bool next_page();

    std::atomic<StoreWriter*> writer_{nullptr}; ///< written by the first thread, once
    RunRecord record_;
    const RunWatch watch_;
    const LiveSpillOptions options_;

    // A turn goes once through the rows of all request_slots.
    std::size_t request_slot_ = 0;
    std::uint64_t row_ = 0;
    TimeNs changed_since_ = std::numeric_limits<TimeNs>::min(); ///< packet time
    TimeNs turn_latest_ = std::numeric_limits<TimeNs>::min();   ///< when the turn began
    Clock::time_point turn_began_ = Clock::now();
    bool turning_ = false;

    std::uint64_t dropped_ = 0; ///< as of the last event about it
    TimeNs dropped_since_ = 0;
    std::vector<std::uint64_t> outages_; ///< of each port, that were stored

    Clock::time_point next_try_{}; ///< to open a store that failed
    std::chrono::seconds pause_{};
    TimeNs failed_since_ = 0; ///< wall clock; 0: it works
    std::uint64_t lost_before_ = 0;

    std::atomic<TimeNs> told_{0}; ///< wall clock: all changes before it are stored
    std::atomic<std::uint64_t> not_stored_{0};
    std::atomic<bool> failing_{false};

    std::mutex mutex_; ///< guards stop_
    std::condition_variable wake_;
    bool stop_ = false;
    std::thread thread_;
    std::thread limits_thread_;
};

} // namespace lacuna::store
