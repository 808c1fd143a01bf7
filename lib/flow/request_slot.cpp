#include "flow/request_slot.hpp"

#include <algorithm>
#include <thread>

namespace lacuna::flow {
namespace {

/// A summary costs about as much as looking at so many rows.
constexpr std::size_t kSummaryEffort = 16;

} // namespace

void RequestSlot::work(std::size_t effort) {
    int state = kPosted;
    if (state_.compare_exchange_strong(state, kTaken, std::memory_order_acquire))
        begin();
    else if (state != kTaken)
        return; // taken back just now
    if (go_on(effort)) state_.store(kAnswered, std::memory_order_release);
}

void RequestSlot::begin() {
    Work& w = *work_;
    w.answer.found = w.answer.more = w.answer.events_missed = false;
    w.answer.passed = w.answer.open_count = 0;
    w.answer.row_limit = tracker_->row_limit();
    w.row_count = 0;
    w.counted = false;
    w.event_count = 0;
    w.next = question_.row;
    if (question_.kind == Request::Kind::table_sums) tracker_->begin_table_sums(question_.quiet);
    if (question_.kind != Request::Kind::one && question_.kind != Request::Kind::holes) return;
    const auto row = tracker_->find(question_.id, question_.hash);
    if (!row) return;
    w.answer.found = true;
    tracker_->summarize(*row, w.rows[w.row_count++]);
    if (question_.kind == Request::Kind::one) return;
    w.row_time = w.rows[0].first_time;
    w.answer.open_count = tracker_->open_runs(*row, w.open);
    const RecentEvents recent = tracker_->recent();
    w.next = recent.total - recent.count;
    w.end = recent.total;
    w.answer.events_missed = recent.total > recent.count;
}

bool RequestSlot::go_on(std::size_t effort) {
    Work& w = *work_;
    switch (question_.kind) {
    case Request::Kind::table_sums:
        return go_on_table_sums(effort);
    case Request::Kind::page:
        return go_on_page(effort);
    case Request::Kind::holes:
        return !w.answer.found || go_on_holes(effort);
    case Request::Kind::one:
        break;
    }
    return true;
}

bool RequestSlot::go_on_table_sums(std::size_t effort) {
    Work& w = *work_;
    if (!w.counted) {
        if (!tracker_->continue_table_sums(effort)) return false;
        w.answer.table_sums = tracker_->table_sums();
        w.counted = true;
        w.next = 0;
    }
    for (std::size_t spent = 0; w.next < w.answer.table_sums.worst_count; ++w.next) {
        if (spent >= effort) return false;
        spent += kSummaryEffort;
        const std::uint32_t row = w.answer.table_sums.worst[w.next].row;
        if (tracker_->row_used(row)) tracker_->summarize(row, w.rows[w.row_count++]);
    }
    return true;
}

bool RequestSlot::go_on_page(std::size_t effort) {
    Work& w = *work_;
    const std::uint64_t end = std::min<std::uint64_t>(question_.end_row, tracker_->row_limit());
    for (std::size_t spent = 0; w.next < end; ++w.next) {
        if (spent++ >= effort) return false;
        const auto row = static_cast<std::size_t>(w.next);
        if (!tracker_->row_used(row) || tracker_->last_time(row) < question_.since) continue;
        if (w.answer.passed < question_.skip) {
            ++w.answer.passed;
            continue;
        }
        if (w.row_count == question_.limit) {
            w.answer.more = true;
            return true;
        }
        tracker_->summarize(row, w.rows[w.row_count++]);
        spent += kSummaryEffort;
    }
    return true;
}

bool RequestSlot::go_on_holes(std::size_t effort) {
    Work& w = *work_;
    const RecentEvents recent = tracker_->recent();
    // Events may have been overwritten since the last piece.
    const std::uint64_t oldest = recent.total - recent.count;
    if (w.next < oldest) {
        w.next = oldest;
        w.answer.events_missed = true;
    }
    for (std::size_t spent = 0; w.next < w.end; ++w.next) {
        if (spent++ >= effort) return false;
        const Event& e = recent.ring[w.next & (recent.ring.size() - 1)];
        if (e.row == w.row_time && e.id == question_.id && w.event_count < w.events.size())
            w.events[w.event_count++] = e;
    }
    return true;
}

Reply RequestSlot::take() const {
    const Work& w = *work_;
    Reply a = w.answer;
    a.rows.assign(w.rows.begin(), w.rows.begin() + w.row_count);
    a.next_row = w.next;
    a.open.assign(w.open.begin(), w.open.begin()
                                      + static_cast<std::ptrdiff_t>(
                                          std::min<std::uint64_t>(a.open_count, kMaxOpenRuns)));
    a.events.assign(w.events.begin(),
                    w.events.begin() + static_cast<std::ptrdiff_t>(w.event_count));
    return a;
}

RequestSlot::Seen RequestSlot::wait_while(int low, int high, Clock::time_point until) {
    using namespace std::chrono_literals;
    for (auto pause = 10us;; pause = std::min(2 * pause, 1000us)) {
        // In this order: what the worker did before it closed the request_slot is then seen as
        // well.
        const bool closed = closed_.load(std::memory_order_acquire);
        const int state = state_.load(std::memory_order_acquire);
        if (state < low || state > high) return Seen::done;
        if (closed) return Seen::closed;
        if (Clock::now() >= until) return Seen::late;
        std::this_thread::sleep_for(pause);
    }
}

Result<Reply> RequestSlot::ask(const Request& question, std::chrono::milliseconds timeout) {
    const Error late{"a worker did not answer in time", "", "ask again", 1};
    const auto until = Clock::now() + timeout;
    const std::lock_guard lock(mutex_);
    // An answer nobody waited for may still be under way.
    if (wait_while(kTaken, kTaken, until) == Seen::late) return late;
    if (!work_) {
        work_ = std::make_unique<Work>();
        work_->events.resize(tracker_->recent_room());
    }
    question_ = question;
    question_.limit = std::clamp<std::uint32_t>(question.limit, 1, kMaxPage);

    state_.store(kPosted, std::memory_order_release);
    const Seen seen = wait_while(kPosted, kTaken, until);
    if (seen == Seen::late) {
        int state = kPosted;
        state_.compare_exchange_strong(state, kIdle, std::memory_order_relaxed);
        return late;
    }
    if (seen == Seen::closed) {
        begin();
        while (!go_on(SIZE_MAX)) {
        }
    }
    state_.store(kIdle, std::memory_order_relaxed);
    return take();
}

} // namespace lacuna::flow
