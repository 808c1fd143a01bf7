// Questions to a worker that is at work: what it holds, answered between bursts.
#pragma once

#include "base/result.hpp"
#include "flow/tracker.hpp"
#include "flow/tracker/table_sums.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

namespace lacuna::flow {

/// Most summaries one answer holds, and most open runs.
inline constexpr std::size_t kMaxPage = 100;
inline constexpr std::size_t kMaxOpenRuns = 256;

struct Request {
    enum class Kind : std::uint8_t {
        table_sums, ///< sums over all rows, and summaries of the worst ones
        page,  ///< summaries of up to `limit` used rows below `end_row`, from `row` on, of which
               ///< the first `skip` are passed over
        one,   ///< the summary of `id`
        holes, ///< the summary of `id`, its open runs and its latest events
    };
    Kind kind = Kind::table_sums;
    wire::SaIdentity id = {};
    std::uint32_t hash = 0;  ///< identity_hash() of `id`
    std::uint32_t limit = 0; ///< 1 - kMaxPage
    std::uint64_t row = 0;
    std::uint64_t end_row = UINT64_MAX;
    std::uint64_t skip = 0;
    Quiet quiet; ///< table_sums: as Tracker::begin_table_sums() takes it
    /// page: rows whose last packet is older (packet time) are not looked at.
    TimeNs since = std::numeric_limits<TimeNs>::min();
};

/// Only what the kind of question asks for is filled in.
struct Reply {
    bool found = false;   ///< one, holes: the SA is held
    TableSums table_sums; ///< table_sums
    std::vector<SaSummary>
        rows; ///< table_sums: the worst, most lost first; page; one, holes: the SA
    std::uint64_t next_row = 0;  ///< page: where to go on
    bool more = false;           ///< page: used rows may follow
    std::uint64_t passed = 0;    ///< page: rows passed over
    std::uint64_t row_limit = 0; ///< Tracker::row_limit()
    std::vector<OpenRun> open;   ///< holes; the lowest kMaxOpenRuns
    std::uint64_t open_count = 0;
    std::vector<Event> events;  ///< holes: those of the row in Tracker::recent(), in order
    bool events_missed = false; ///< holes: older ones have been forgotten
};

/// One per worker. On one side any number of threads ask, one at a time, guarded by a mutex that
/// the worker never takes; on the other the worker looks at one atomic per burst and, when there is
/// a question, works on it in bounded pieces. It writes into memory the askers own, allocates
/// nothing and waits for nobody. Once it has closed the request_slot, askers read the tracker
/// themselves.
class RequestSlot {
public:
    /// `tracker` outlives the request_slot.
    explicit RequestSlot(Tracker& tracker) : tracker_(&tracker) {}

    /// Work per call: about as many rows. A microsecond where packets wait, more where none do.
    static constexpr std::size_t kBetweenBursts = 48;
    static constexpr std::size_t kWhileIdle = 2048;

    /// The worker's thread only: works on the question, if there is one.
    void serve(std::size_t effort) {
        if (state_.load(std::memory_order_acquire) >= kPosted) [[unlikely]]
            work(effort);
    }
    /// The worker's thread only, when it will touch the tracker no more.
    void close() { closed_.store(true, std::memory_order_release); }

    /// Any thread. Waits for the answer, at most `timeout`. Errors (exit 1): the worker did not
    /// answer in time; it may be waiting for the store or have been stopped.
    Result<Reply> ask(const Request& question, std::chrono::milliseconds timeout);

    /// Runs `use` while no answer is being worked out; for whoever changes the tracker of a closed
    /// request_slot. Any thread.
    void exclusively(const std::function<void()>& use) {
        const std::lock_guard lock(mutex_);
        use();
    }

private:
    using Clock = std::chrono::steady_clock;

    // The asker takes kIdle to kPosted and kAnswered to kIdle, the worker kPosted to kTaken and
    // kTaken to kAnswered. An asker that gives up takes kPosted back; what is taken it leaves to
    // the next one to clear away.
    static constexpr int kIdle = 0;
    static constexpr int kAnswered = 1;
    static constexpr int kPosted = 2;
    static constexpr int kTaken = 3;

    /// Written by the worker, or by the asker once the request_slot is closed.
    struct Work {
        Reply answer; ///< of full size from the start
        std::array<SaSummary, kMaxPage> rows;
        std::uint32_t row_count;
        bool counted;       ///< table_sums: the sums are there
        std::uint64_t next; ///< row, event of the ring, or place among the worst, to look at
        std::uint64_t end;  ///< of the events
        std::array<OpenRun, kMaxOpenRuns> open;
        std::vector<Event> events; ///< of the ring's size
        std::uint64_t event_count;
        TimeNs row_time;
    };

    void work(std::size_t effort);
    void begin();
    bool go_on(std::size_t effort);
    bool go_on_table_sums(std::size_t effort);
    bool go_on_page(std::size_t effort);
    bool go_on_holes(std::size_t effort);
    Reply take() const;
    enum class Seen { done, closed, late };
    /// Waits while the state lies in low .. high.
    Seen wait_while(int low, int high, Clock::time_point until);

    Tracker* const tracker_;
    std::unique_ptr<Work> work_;
    Request question_;
    std::mutex mutex_;

    alignas(kCacheLine) std::atomic<int> state_{kIdle};
    std::atomic<bool> closed_{false};
};

} // namespace lacuna::flow
